/** A Mimir to be measured: some units that the charm runs, or that were configured and started by hand. */
export interface Deployment {
  readonly application: string;
  readonly units: number;
  readonly by: 'hand' | 'charm';
}

/** Numbers of units that are compared. */
export const sizes = [1, 3] as const;

/** Everything that is deployed, in the order in which it is measured. */
export const deployments: readonly Deployment[] = sizes.flatMap((units) => [
  { application: `by-hand${units}`, units, by: 'hand' as const },
  { application: `by-charm${units}`, units, by: 'charm' as const },
]);

/** The deployment of so many units by the one or the other. */
export function deploymentOf(by: Deployment['by'], units: number): Deployment {
  const found = deployments.find((each) => each.by === by && each.units === units);
  if (found === undefined)
    throw new Error(`cannot measure ${units} units by ${by}: there is no such deployment`);
  return found;
}

/** Names of a deployment's units. */
export function unitsOf({ application, units }: Deployment): readonly string[] {
  return Array.from({ length: units }, (_, ordinal) => `${application}/${ordinal}`);
}

/** Each unit's own URL, which leads to it whether it is ready or not. */
export function urlsOf(deployment: Deployment): readonly string[] {
  const { application } = deployment;
  return unitsOf(deployment).map(
    (unit) => `http://${unit.replace('/', '-')}.${application}-endpoints.demo.svc.cluster.local:9009`,
  );
}

/** URL of the Service, which leads to the units that are ready. */
export function serviceUrl({ application }: Deployment): string {
  return `http://${application}.demo.svc.cluster.local:9009`;
}
