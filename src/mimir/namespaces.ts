const prefix = 'juju-relation-';

/** Namespace of the ruler for the rules of one relation; a relation's id never changes nor returns. */
export function namespaceOf(relationId: number): string {
  return `${prefix}${relationId}`;
}

/** The relation whose rules a namespace holds; undefined if the namespace is not ours but a user's. */
export function relationIdOf(namespace: string): number | undefined {
  const id = namespace.startsWith(prefix) ? namespace.slice(prefix.length) : '';
  return /^(0|[1-9]\d*)$/.test(id) ? Number(id) : undefined;
}

/** Whether we made a namespace. Others are never touched. */
export function isOurs(namespace: string): boolean {
  return relationIdOf(namespace) !== undefined;
}
