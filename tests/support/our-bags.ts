import { z } from 'zod';
import type { Simulation } from './simulation.ts';

const bag = z.record(z.string(), z.string());
const view = z.record(
  z.string(),
  z.looseObject({
    'relation-info': z.array(
      z.looseObject({
        endpoint: z.string(),
        'local-application-data': bag,
        'local-unit': z.object({ data: bag }),
      }),
    ),
  }),
);

/** What a unit and its application have written into one relation. */
export interface OurBags {
  readonly endpoint: string;
  readonly app: Readonly<Record<string, string>>;
  readonly unit: Readonly<Record<string, string>>;
}

/** What a unit and its application have written into all relations; Juju's own keys are left out. */
export async function ourBags(simulation: Simulation, unit: string): Promise<readonly OurBags[]> {
  const shown = view.parse(await simulation.ask({ command: 'show-unit', unit }));
  return (shown[unit]?.['relation-info'] ?? []).map((relation) => ({
    endpoint: relation.endpoint,
    app: relation['local-application-data'],
    unit: own(relation['local-unit'].data),
  }));
}

function own(data: Readonly<Record<string, string>>): Record<string, string> {
  const jujus = ['ingress-address', 'private-address', 'egress-subnets'];
  return Object.fromEntries(Object.entries(data).filter(([key]) => !jujus.includes(key)));
}
