import * as z from 'zod/mini';
import type { AlertmanagerConfig } from './alertmanager-config.ts';
import type * as schemaModule from './api-schemas.ts';
import type {
  Alert,
  AlertmanagerAlert,
  BuildInfo,
  QueryResult,
  RuleGroupStatus,
  UserStats,
} from './api-schemas.ts';
import { MimirApiError } from './errors.ts';
import { alertmanagerConfigPath, namespacePath, rulesPath } from './api-paths.ts';
import { accept, excerpt, readAnswer, readAs, type RequestOptions, requestsTo } from './request.ts';
import type { MimirRequest, SendRequest } from './request.ts';
import { type RingCalls, ringCalls } from './ring.ts';
import type { RuleGroup, RulerState } from './rule-group.ts';
import { parseGoYaml, renderYaml } from './yaml.ts';

/** Whether Mimir can serve, and if not, why in its own words. */
export type Readiness =
  | { readonly ready: true }
  /** `listens` is false if nothing answered at all: Mimir listens only after it has reached its object store. */
  | { readonly ready: false; readonly reason: string; readonly listens: boolean };

/** Whether Mimir took what it was given, and if not, why in its own words, in one line. */
export type Verdict = { readonly accepted: true } | { readonly accepted: false; readonly reason: string };

/** Mimir's HTTP API, as far as the charm needs it. Every method throws MimirApiError, save where it says otherwise. */
export interface MimirClient extends RingCalls {
  /** Asks `/ready`. That nothing answers is a reason like any other: it never throws. */
  ready(): Promise<Readiness>;
  buildInfo(): Promise<BuildInfo>;
  /** The configuration that Mimir runs with, defaults included and secrets masked, as YAML. */
  config(): Promise<string>;
  /** The rule groups of our own namespaces; users' groups may be of any shape, and are left out. */
  ruleGroups(): Promise<RulerState>;
  /** Creates or replaces a rule group. The ruler refuses a bad one with 400 and the reason. */
  setRuleGroup(namespace: string, group: RuleGroup): Promise<void>;
  /** Deletes a rule group; one that is gone already is fine. */
  deleteRuleGroup(namespace: string, name: string): Promise<void>;
  /** Deletes all rule groups of a namespace; one that is gone already is fine. */
  deleteNamespace(namespace: string): Promise<void>;
  /** What users have put into this Mimir by its API, as JSON; rules of relations are not of it. */
  userState(): Promise<string>;
  /** Gives Mimir what `userState` returned; may be repeated. */
  restoreUserState(state: string): Promise<void>;
  /** Whether any series has samples that are older than `age`, in milliseconds. */
  hasSamplesOlderThan(age: number): Promise<boolean>;
  userStats(): Promise<UserStats>;
  /** Pending and firing alerts of the ruler. */
  alerts(): Promise<readonly Alert[]>;
  /** All rule groups that the ruler evaluates, with how that went. It lags behind `ruleGroups` by the ruler's poll. */
  ruleStatuses(): Promise<readonly RuleGroupStatus[]>;
  /** The configuration that Mimir's Alertmanager was given; undefined if there is none, or only the fallback. */
  alertmanagerConfig(): Promise<AlertmanagerConfig | undefined>;
  /** Gives Mimir's Alertmanager a configuration, which it takes up within 15 s. A refused one leaves the old in force. */
  setAlertmanagerConfig(config: AlertmanagerConfig): Promise<Verdict>;
  /** Deletes that configuration, so that the fallback stands in; one that is gone already is fine. */
  deleteAlertmanagerConfig(): Promise<void>;
  /** Alerts that Mimir's own Alertmanager holds, silenced and inhibited ones included. */
  alertmanagerAlerts(): Promise<readonly AlertmanagerAlert[]>;
  /** Runs an instant query. */
  query(promql: string): Promise<QueryResult>;
}

/** Makes a client of the Mimir at `baseUrl`; connects at the first request only. */
export function createMimirClient(baseUrl: string, options: RequestOptions): MimirClient {
  const send = requestsTo(baseUrl, options);
  const get = async <T>(path: string, choose: (all: Schemas) => z.ZodMiniType<T>) =>
    readAs(send, path, { schema: choose(await schemas()), parse: JSON.parse });
  const remove = async (path: string) => {
    const request: MimirRequest = { method: 'DELETE', path };
    accept(request, await send(request), [404]);
  };
  return {
    ready: () => askReady(send),
    buildInfo: () => get('/api/v1/status/buildinfo', (all) => all.buildInfoSchema),
    config: () => readAs(send, '/config', { schema: z.string(), parse: (text) => text }),
    ruleGroups: async () => {
      const { rulerStateSchema } = await import('./ruler-state.ts');
      return readAs(send, rulesPath, { schema: rulerStateSchema, parse: parseGoYaml });
    },
    setRuleGroup: async (namespace, group) => {
      const path = namespacePath(namespace);
      const request: MimirRequest = { method: 'POST', path, yaml: renderYaml(group) };
      accept(request, await send(request));
    },
    deleteRuleGroup: (namespace, name) => remove(`${namespacePath(namespace)}/${encodeURIComponent(name)}`),
    deleteNamespace: (namespace) => remove(namespacePath(namespace)),
    userState: async () => (await import('./user-state.ts')).readUserState(send),
    restoreUserState: async (state) => (await import('./user-state.ts')).writeUserState(send, state),
    hasSamplesOlderThan: async (age) => (await import('./old-samples.ts')).hasSamplesOlderThan(send, age),
    ...ringCalls(send),
    userStats: () => get('/api/v1/user_stats', (all) => all.userStatsSchema),
    alerts: () => get('/prometheus/api/v1/alerts', (all) => all.alertsSchema),
    ruleStatuses: () => get('/prometheus/api/v1/rules?exclude_alerts=true', (all) => all.ruleStatusesSchema),
    alertmanagerConfig: () => askAlertmanagerConfig(send),
    setAlertmanagerConfig: (config) => giveAlertmanagerConfig(send, config),
    deleteAlertmanagerConfig: () => remove(alertmanagerConfigPath),
    alertmanagerAlerts: () => get('/alertmanager/api/v2/alerts', (all) => all.alertmanagerAlertsSchema),
    query: (promql) =>
      get(`/prometheus/api/v1/query?query=${encodeURIComponent(promql)}`, (all) => all.queryResultSchema),
  };
}

type Schemas = typeof schemaModule;

/** Most dispatches ask for readiness only: the schemas are loaded with the first other answer. */
function schemas(): Promise<Schemas> {
  return import('./api-schemas.ts');
}

async function askReady(send: SendRequest): Promise<Readiness> {
  const request: MimirRequest = { method: 'GET', path: '/ready' };
  try {
    accept(request, await send(request));
    return { ready: true };
  } catch (error) {
    if (!(error instanceof MimirApiError)) throw error;
    return { ready: false, reason: error.body ?? error.message, listens: error.status !== undefined };
  }
}

/** Mimir: 404 `alertmanager storage object not found`. */
async function askAlertmanagerConfig(send: SendRequest): Promise<AlertmanagerConfig | undefined> {
  const request: MimirRequest = { method: 'GET', path: alertmanagerConfigPath };
  const answer = await send(request);
  if (answer.status === 404) return undefined;
  const { heldAlertmanagerConfigSchema } = await schemas();
  return readAnswer(request, answer, { schema: heldAlertmanagerConfigSchema, parse: parseGoYaml });
}

/** Mimir: 400 `error validating Alertmanager config: REASON`, where REASON may have several lines. */
async function giveAlertmanagerConfig(send: SendRequest, given: AlertmanagerConfig): Promise<Verdict> {
  const yaml = renderYaml({ template_files: given.templates, alertmanager_config: given.config });
  const request: MimirRequest = { method: 'POST', path: alertmanagerConfigPath, yaml };
  const answer = await send(request);
  if (answer.status !== 400) {
    accept(request, answer);
    return { accepted: true };
  }
  const words = excerpt(answer.text).replace(/\s*\n\s*/g, ' ');
  return { accepted: false, reason: words.replace(/^error \w+ (YAML )?Alertmanager config: /, '') };
}
