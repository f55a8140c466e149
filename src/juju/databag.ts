/** One side's key-values in a relation. Values are strings; Juju stores no empty one. */
export type Databag = Readonly<Record<string, string>>;
