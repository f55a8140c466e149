/** Whose metrics, logs and rules they are, in Juju's words. */
export interface PublishedTopology {
  readonly model: string;
  readonly modelUuid: string;
  readonly application: string;
  readonly charm: string;
}

/**
 * The JSON by which Juju's libraries tell whose rules are in a databag (Juju: cosl's juju_topology.py). They also name the
 * unit that writes, which would change with the leader; the first one is there as long as any is.
 */
export function publishTopology({ model, modelUuid, application, charm }: PublishedTopology): string {
  return JSON.stringify({
    model,
    model_uuid: modelUuid,
    application,
    unit: `${application}/0`,
    charm_name: charm,
  });
}
