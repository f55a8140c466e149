const offset = 0xcbf29ce484222325n;
const prime = 0x100000001b3n;
const separator = Uint8Array.of(0xff);

/** Fingerprint of a set of labels: FNV-1a of its sorted names and values, 16 hex digits (Prometheus: model.LabelSet). */
export function fingerprintOf(labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels).sort();
  const parts = names.flatMap((name) => [
    Buffer.from(name),
    separator,
    Buffer.from(labels[name] ?? ''),
    separator,
  ]);
  let hash = offset;
  for (const byte of Buffer.concat(parts)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * prime);
  return hash.toString(16).padStart(16, '0');
}
