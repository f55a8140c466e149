/** Where a unit stands in Juju; labels of metrics, logs and traces are made of it. */
export interface Topology {
  /** Name of the model, which is also the Kubernetes namespace. */
  readonly model: string;
  readonly modelUuid: string;
  readonly application: string;
  /** Such as `mimir/0`. */
  readonly unit: string;
  /** The charm's name in its metadata, whatever the application is called. */
  readonly charmName: string;
}
