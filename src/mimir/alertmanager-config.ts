import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { explainYaml, renderYaml, type YamlValue } from './yaml.ts';

/** A configuration of Mimir's own Alertmanager, as it is uploaded and as Mimir holds it: texts that Mimir keeps to the byte. */
export interface AlertmanagerConfig {
  /** An Alertmanager configuration in YAML. */
  readonly config: string;
  /** Go templates by the names of their files. */
  readonly templates: Readonly<Record<string, string>>;
}

/** The administrator's options. */
export interface AlertmanagerOptions {
  /** An Alertmanager configuration in YAML, or an empty text. */
  readonly config: string;
  /** Definitions of Go templates, or an empty text. */
  readonly template: string;
}

/** What to upload, undefined if nothing is set; or a sentence for the administrator on the option that is wrong. */
export type ParsedAlertmanagerConfig =
  | { readonly upload: AlertmanagerConfig | undefined }
  | { readonly option: keyof AlertmanagerOptions; readonly problem: string };

/**
 * Name of the template file, as the first Mimir charm had it. Mimir loads every file that is uploaded, whether the configuration's
 * `templates` names it or not; and a name there without a file is taken in silence.
 */
export const templateName = 'default_template';

/** Size of both texts together, in bytes. Mimir has no limit by default, but reads all of it from its storage every 15 s. */
const maxBytes = 1_048_576;

/** YAML 1.1, which Mimir writes, ends a line at these, YAML 1.2 does not: Mimir's answer with one could not be read. */
const oddLineBreak = /[\u0085\u2028\u2029]/;

const optionNames = ['config', 'template'] as const;
const mappingSchema = () => z.record(z.string(), z.unknown());
const templatesSchema = () => z.object({ templates: z.array(z.string()) });

/** Makes the upload of the administrator's options. What only Mimir can judge, Mimir refuses in its own words. */
export function parseAlertmanagerConfig(options: AlertmanagerOptions): ParsedAlertmanagerConfig {
  const { config, template } = options;
  const templates = templateFiles(template);
  if (config.trim() === '') {
    if (Object.keys(templates).length === 0) return { upload: undefined };
    return { option: 'template', problem: 'nothing uses it; set alertmanager_config as well, or reset it' };
  }
  const faulty = optionNames.find((option) => oddLineBreak.test(options[option]));
  if (faulty !== undefined)
    return {
      option: faulty,
      problem: 'it holds an invisible line or paragraph separator; type that line again',
    };
  const problem = problemWithSize(options) ?? problemWithConfig(config, templates);
  return problem === undefined ? { upload: { config, templates } } : { option: 'config', problem };
}

/** Makes the upload of what another application offers; or says what is wrong with it, without quoting it. */
export function parseOfferedConfig({
  config: mapping,
  templates: files,
}: {
  readonly config: Readonly<Record<string, YamlValue>>;
  readonly templates: readonly string[];
}): { readonly upload: AlertmanagerConfig } | { readonly problem: string } {
  const config = renderYaml(mapping);
  const template = files.join('\n');
  if ([config, template].some((text) => oddLineBreak.test(text)))
    return { problem: 'it holds an invisible line or paragraph separator' };
  const problem = problemWithSize({ config, template });
  if (problem !== undefined) return { problem };
  return { upload: { config, templates: templateFiles(template) } };
}

/** Hashes a configuration: SHA-256 in hex, the same for the same texts. */
export function hashOf({ config, templates }: AlertmanagerConfig): string {
  const files = Object.entries(templates).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([config, files]))
    .digest('hex');
}

/** Tells whether two configurations are the same to the byte, which is how Mimir returns what it was given. */
export function sameConfig(a: AlertmanagerConfig, b: AlertmanagerConfig): boolean {
  return hashOf(a) === hashOf(b);
}

/** All templates are in one file, which is not there without any. */
function templateFiles(template: string): AlertmanagerConfig['templates'] {
  return template.trim() === '' ? {} : { [templateName]: template };
}

function problemWithSize({ config, template }: AlertmanagerOptions): string | undefined {
  const size = Buffer.byteLength(config) + Buffer.byteLength(template);
  if (size <= maxBytes) return undefined;
  return `too large: with the template ${size} bytes, of at most ${maxBytes}; shorten it`;
}

function problemWithConfig(config: string, templates: AlertmanagerConfig['templates']): string | undefined {
  const parsed = explainYaml(config);
  if ('problem' in parsed) return `not YAML: ${parsed.problem}; correct it and set it again`;
  if (!mappingSchema().safeParse(parsed.value).success)
    return 'not a mapping with route and receivers; to give a file, write alertmanager_config=@FILE';
  const named = templatesSchema().safeParse(parsed.value).data?.templates ?? [];
  const missing = named.find((name) => !Object.hasOwn(templates, name));
  if (missing === undefined) return undefined;
  const given = Object.hasOwn(templates, templateName)
    ? `the only one is ${templateName}`
    : 'alertmanager_template is not set';
  return `its templates name "${missing}", but ${given}; leave templates out and put them all in alertmanager_template`;
}
