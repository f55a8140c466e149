import { z } from 'zod';
import { parseYaml } from '../yaml.ts';
import { JujuError } from './errors.ts';

const endpointSchema = z.object({
  interface: z.string(),
  limit: z.int().positive().optional(),
  optional: z.boolean().default(false),
});
const endpoints = z.record(z.string(), endpointSchema).default({});
const mountSchema = z.object({ storage: z.string(), location: z.string().optional() });

const metadataSchema = z.object({
  name: z.string(),
  provides: endpoints,
  requires: endpoints,
  peers: endpoints,
  containers: z
    .record(
      z.string(),
      z
        .object({
          resource: z.string().optional(),
          mounts: z.array(mountSchema).default([]),
          uid: z.int().min(0).default(0),
        })
        .loose(),
    )
    .default({}),
  resources: z
    .record(z.string(), z.object({ type: z.string(), 'upstream-source': z.string().optional() }).loose())
    .default({}),
  storage: z
    .record(z.string(), z.object({ type: z.string(), location: z.string().optional() }).loose())
    .default({}),
});

const optionSchema = z.object({
  type: z.enum(['string', 'int', 'float', 'boolean', 'secret']).default('string'),
  default: z.union([z.string(), z.number(), z.boolean()]).nullish(),
  description: z.string().default(''),
});
const configSchema = z.object({ options: z.record(z.string(), optionSchema).default({}) });

const actionSchema = z
  .object({
    description: z.string().default(''),
    params: z
      .record(z.string(), z.object({ type: z.string().optional(), default: z.unknown().optional() }).loose())
      .default({}),
    required: z.array(z.string()).default([]),
    additionalProperties: z.boolean().default(true),
  })
  .loose();
const actionsSchema = z.record(z.string(), actionSchema.nullable());

/** Which side of a relation an endpoint is. */
export type Role = 'provider' | 'requirer' | 'peer';

/** One endpoint of a charm's metadata. */
export interface Endpoint {
  readonly name: string;
  readonly role: Role;
  readonly interface: string;
  /** How many relations it bears; undefined is any number. */
  readonly limit: number | undefined;
}

/** One option of config.yaml. */
export type OptionSpec = z.infer<typeof optionSchema>;
/** One action of actions.yaml. */
export type ActionSpec = z.infer<typeof actionSchema>;

/** What Juju knows of a charm: metadata.yaml, config.yaml and actions.yaml. */
export interface Charm extends Pick<
  z.infer<typeof metadataSchema>,
  'name' | 'containers' | 'resources' | 'storage'
> {
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly actions: Readonly<Record<string, ActionSpec>>;
}

/** The texts of a charm folder's files; `config` and `actions` may be missing. */
export interface CharmFiles {
  readonly metadata: string;
  readonly config?: string | undefined;
  readonly actions?: string | undefined;
}

/** Parses a charm's files; throws a `JujuError` that names the file and the path within. */
export function parseCharm(files: CharmFiles): Charm {
  const metadata = read('metadata.yaml', files.metadata, metadataSchema);
  const { options } = read('config.yaml', files.config ?? '', configSchema);
  const actions = read('actions.yaml', files.actions ?? '', actionsSchema);
  const { name, containers, resources, storage } = metadata;
  return {
    ...{ name, containers, resources, storage, options },
    endpoints: Object.fromEntries(
      [
        ...named(metadata.provides, 'provider'),
        ...named(metadata.requires, 'requirer'),
        ...named(metadata.peers, 'peer'),
      ].map((endpoint) => [endpoint.name, endpoint]),
    ),
    actions: Object.fromEntries(
      Object.entries(actions).map(([action, spec]) => [action, spec ?? actionSchema.parse({})]),
    ),
  };
}

function named(table: z.infer<typeof endpoints>, role: Role): Endpoint[] {
  return Object.entries(table).map(([name, { interface: contract, limit }]) => ({
    ...{ name, role, limit, interface: contract },
  }));
}

function read<Schema extends z.ZodType>(file: string, text: string, schema: Schema): z.infer<Schema> {
  const parsed = schema.safeParse(parseYaml(text) ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new JujuError(
    `cannot read charm: ${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`,
  );
}
