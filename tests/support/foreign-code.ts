/** What stands in programs that the Go compiler makes, before what they were built from. */
const goMark = Buffer.from('\u00ff Go buildinf:', 'latin1');
/** What follows there in our own program, which has no dependency: none is named before the settings. */
const ourProbe = 'path\tmimir-k8s/probe\nmod\tmimir-k8s/probe\t(devel)\t\nbuild\t';
const elfMark = Buffer.from('\u007fELF', 'latin1');

/** What betrays code of the projects that we run and must not ship: Mimir (AGPL), Pebble (GPL) and MinIO (AGPL). */
const traces: Readonly<Record<string, RegExp>> = {
  'text of the AGPL': /GNU AFFERO GENERAL PUBLIC LICENSE\s+Version/,
  'text of the GPL': /GNU GENERAL PUBLIC LICENSE\s+Version/,
  'mark of the GPL or AGPL': /SPDX-License-Identifier:\s*A?GPL/,
  'copyright line of theirs':
    /Copyright\s+(\(c\)|\u00c2?\u00a9|\d{4})[^\n]{0,60}\b(Grafana Labs|Canonical|MinIO|Cortex Authors)\b/i,
};

const theirPrograms = /(^|\/)(mimir|mimirtool|metaconvert|query-tee|pebble|minio|mc)(-v?\d[^/]*)?$/;

/** Says what in a file is theirs: an empty list for a file of our own. */
export function foreignCode(path: string, content: Buffer): readonly string[] {
  const text = content.toString('latin1');
  return [
    ...(theirPrograms.test(path) ? ['a name of their programs'] : []),
    ...(content.includes(goMark) && !content.includes(ourProbe) ? ['a program made by Go'] : []),
    ...Object.entries(traces).flatMap(([what, trace]) => (trace.test(text) ? [what] : [])),
  ].map((what) => `${path}: ${what}`);
}

/** Whether a file is a program or library for Linux. */
export function isElf(content: Buffer): boolean {
  return content.subarray(0, elfMark.length).equals(elfMark);
}
