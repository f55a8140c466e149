import { z } from 'zod';

const status = z.looseObject({ current: z.string(), message: z.string().default('') });

const unit = z.looseObject({
  'workload-status': status,
  'juju-status': status,
  leader: z.boolean().default(false),
  address: z.string().default(''),
  'open-ports': z.array(z.string()).default([]),
});

const relation = z.looseObject({
  'related-application': z.string(),
  interface: z.string(),
});

const application = z.looseObject({
  charm: z.string(),
  'charm-name': z.string().optional(),
  'charm-channel': z.string().default(''),
  'charm-rev': z.int().default(0),
  scale: z.int().optional(),
  address: z.string().default(''),
  exposed: z.boolean().default(false),
  version: z.string().default(''),
  'application-status': status,
  relations: z.record(z.string(), z.array(relation)).default({}),
  units: z.record(z.string(), unit).default({}),
});

const model = z.looseObject({
  name: z.string(),
  controller: z.string(),
  cloud: z.string(),
  region: z.string().default(''),
  version: z.string(),
  sla: z.string().default(''),
});

/**
 * What the table of `juju status` needs of `juju status --format=json`. `integrations` is no part of Juju's JSON,
 * which does not say who provides; without it the table of relations is left out.
 */
export const jujuStatus = z.looseObject({
  model,
  applications: z.record(z.string(), application).default({}),
  integrations: z
    .array(
      z.object({
        provider: z.string(),
        requirer: z.string(),
        interface: z.string(),
        type: z.string(),
        message: z.string().default(''),
      }),
    )
    .optional(),
  controller: z.looseObject({ timestamp: z.string() }).optional(),
});

/** A parsed status. */
export type JujuStatus = z.infer<typeof jujuStatus>;
