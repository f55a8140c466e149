import * as z from 'zod/mini';
import type { Databag } from '../juju/databag.ts';
import { readAs } from './result.ts';
import type { Result } from './result.ts';

/** The keys of the bag of who offers a configuration; we write nothing. */
export const keys = { providerApp: ['alertmanager_config', 'alertmanager_templates'] } as const;

/** What may stand in an offered configuration (Juju: alertmanager_remote_configuration). */
const allowed = ['global', 'inhibit_rules', 'mute_time_intervals', 'receivers', 'route', 'time_intervals'];

const configSchema = () =>
  z
    .record(z.string(), z.json())
    .check(
      z.refine(
        (config) => Object.keys(config).every((key) => allowed.includes(key)),
        `may hold only ${allowed.join(', ')}`,
      ),
    );
const templatesSchema = () => z.array(z.string());

/** An Alertmanager configuration that another application offers. */
export interface OfferedConfig {
  /** The configuration as it stands in Alertmanager's file, without names of templates. */
  readonly config: Readonly<z.infer<ReturnType<typeof configSchema>>>;
  /** Texts of template files. */
  readonly templates: readonly string[];
}

/**
 * Reads what an application offers; undefined if it offers nothing, as it does when it finds its own configuration invalid.
 * A reason never quotes the configuration, which may hold passwords.
 */
export function read(bag: Databag): Result<OfferedConfig | undefined> {
  const { alertmanager_config: config = '', alertmanager_templates: templates = '' } = bag;
  const offered = parseJson(config, configSchema(), {});
  if (!offered.ok) return { ok: false, reason: `alertmanager_config: ${offered.reason}` };
  const files = parseJson(templates, templatesSchema(), []);
  if (!files.ok) return { ok: false, reason: `alertmanager_templates: ${files.reason}` };
  const isEmpty = Object.keys(offered.value).length === 0;
  return { ok: true, value: isEmpty ? undefined : { config: offered.value, templates: files.value } };
}

/** Deepest nesting that is read: walks of anything deeper might not end well. */
const mostLevels = 64;

function parseJson<T>(text: string, schema: z.ZodMiniType<T>, otherwise: T): Result<T> {
  if (text.trim() === '') return { ok: true, value: otherwise };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, reason: 'not JSON' };
  }
  return isDeep(value) ? { ok: false, reason: 'nested too deep' } : readAs(schema, value);
}

function isDeep(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth <= mostLevels && level.length > 0; depth += 1)
    level = level.flatMap((one): readonly unknown[] =>
      typeof one === 'object' && one !== null ? Object.values(one) : [],
    );
  return level.length > 0;
}
