/** A status that a charm may set; Juju refuses any other word (Juju: status-set). */
export type StatusName = 'blocked' | 'maintenance' | 'waiting' | 'active';
