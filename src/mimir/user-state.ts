import * as z from 'zod/mini';
import { alertmanagerConfigPath, namespacePath, rulesPath } from './api-paths.ts';
import { isOurs } from './namespaces.ts';
import { accept, type MimirRequest, readAs, type SendRequest } from './request.ts';
import { parseTypedYaml } from './yaml.ts';

/** Rule groups as Mimir has them, whatever is in them. */
const group = z.looseObject({ name: z.string() });
const silence = z.object({
  matchers: z.array(z.unknown()),
  startsAt: z.string(),
  endsAt: z.string(),
  createdBy: z.string(),
  comment: z.string(),
});

const schema = z.object({
  /** Groups by namespace, but those of relations: they are known from the databags. */
  rules: z.record(z.string(), z.array(group)),
  /** The Alertmanager's configuration with its templates, as Mimir told it. */
  alertmanagerConfig: z.optional(z.string()),
  silences: z.array(silence),
});
type UserState = z.infer<typeof schema>;
type Silence = z.infer<typeof silence>;

const silencesPath = '/alertmanager/api/v2/silences';

/**
 * Reads all that users have put into Mimir by its API and that lies in its store: rules, the Alertmanager's
 * configuration, silences that still hold. Returns it as JSON, for {@link writeUserState}.
 *
 * @throws MimirApiError
 */
export async function readUserState(send: SendRequest): Promise<string> {
  const state: UserState = {
    rules: await readRules(send),
    alertmanagerConfig: await readAlertmanagerConfig(send),
    silences: [...(await readSilences(send))],
  };
  return JSON.stringify(state);
}

/**
 * Gives a Mimir what {@link readUserState} read of another store. It may be repeated: a silence that is there already is
 * not made again.
 *
 * @throws MimirApiError
 */
export async function writeUserState(send: SendRequest, text: string): Promise<void> {
  const { rules, alertmanagerConfig, silences } = schema.parse(JSON.parse(text));
  for (const [namespace, groups] of Object.entries(rules)) {
    const path = namespacePath(namespace);
    // JSON is YAML too.
    for (const one of groups) await post(send, { path, yaml: JSON.stringify(one) });
  }
  await writeSilences(send, silences);
  if (alertmanagerConfig !== undefined)
    await post(send, { path: alertmanagerConfigPath, yaml: alertmanagerConfig });
}

/**
 * Comes before the configuration: a tenant with neither has its Alertmanager started at the first request, and one with a
 * configuration only when Mimir looks for those the next time (Mimir: 406 until then, up to 15 s).
 */
async function writeSilences(send: SendRequest, silences: readonly Silence[]): Promise<void> {
  if (silences.length === 0) return;
  const present = new Set((await readSilences(send)).map(identityOf));
  for (const one of silences.filter((kept) => !present.has(identityOf(kept))))
    await post(send, { path: silencesPath, json: JSON.stringify(one) });
}

/** An Alertmanager has a silence that began in the past begin when it is given it. */
function identityOf(one: Silence): string {
  return JSON.stringify({ ...one, startsAt: '' });
}

async function post(send: SendRequest, request: Omit<MimirRequest, 'method'>): Promise<void> {
  const sent: MimirRequest = { method: 'POST', ...request };
  accept(sent, await send(sent));
}

async function readRules(send: SendRequest): Promise<UserState['rules']> {
  const all = await readAs(send, rulesPath, { schema: schema.shape.rules, parse: parseTypedYaml });
  return Object.fromEntries(Object.entries(all).filter(([namespace]) => !isOurs(namespace)));
}

/** Mimir: 404 if there is none, and an empty configuration if it has but the fallback file. */
async function readAlertmanagerConfig(send: SendRequest): Promise<string | undefined> {
  const request: MimirRequest = { method: 'GET', path: alertmanagerConfigPath };
  const answer = await send(request);
  if (answer.status === 404) return undefined;
  const text = accept(request, answer);
  const { success, data } = z.object({ alertmanager_config: z.string() }).safeParse(parseTypedYaml(text));
  return success && data.alertmanager_config !== '' ? text : undefined;
}

const heldSilences = z.array(z.extend(silence, { status: z.object({ state: z.string() }) }));

/** Silences that hold or will hold, without what their Alertmanager gave them. */
async function readSilences(send: SendRequest): Promise<readonly Silence[]> {
  const all = await readAs(send, silencesPath, { schema: heldSilences, parse: JSON.parse });
  return all.filter(({ status }) => status.state !== 'expired').map((one) => silence.parse(one));
}
