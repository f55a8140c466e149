import { z } from 'zod';
import {
  alertsSchema,
  buildInfoSchema,
  queryResultSchema,
  rulerStateSchema,
  userStatsSchema,
} from './api-schemas.ts';
import type { Alert, BuildInfo, QueryResult, UserStats } from './api-schemas.ts';
import { MimirApiError } from './errors.ts';
import { accept, requestsTo, unexpected } from './request.ts';
import type { MimirRequest, SendRequest } from './request.ts';
import type { RuleGroup, RulerState } from './rule-group.ts';
import { parseYaml, renderYaml } from './yaml.ts';

/** Whether Mimir can serve, and if not, why in its own words. */
export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reason: string };

/** Mimir's HTTP API, as far as the charm needs it. Every method throws MimirApiError, save where it says otherwise. */
export interface MimirClient {
  /** Asks `/ready`. That nothing answers is a reason like any other: it never throws. */
  ready(): Promise<Readiness>;
  buildInfo(): Promise<BuildInfo>;
  /** The configuration that Mimir runs with, defaults included and secrets masked, as YAML. */
  config(): Promise<string>;
  /** All rule groups of the tenant, by namespace, users' own ones included. */
  ruleGroups(): Promise<RulerState>;
  /** Creates or replaces a rule group. The ruler refuses a bad one with 400 and the reason. */
  setRuleGroup(namespace: string, group: RuleGroup): Promise<void>;
  /** Deletes a rule group; one that is gone already is fine. */
  deleteRuleGroup(namespace: string, name: string): Promise<void>;
  /** Deletes all rule groups of a namespace; one that is gone already is fine. */
  deleteNamespace(namespace: string): Promise<void>;
  userStats(): Promise<UserStats>;
  /** Pending and firing alerts of the ruler. */
  alerts(): Promise<readonly Alert[]>;
  /** Runs an instant query. */
  query(promql: string): Promise<QueryResult>;
}

/** Where the client's requests go. */
export interface MimirClientOptions {
  /** How long a request may take, in milliseconds. */
  readonly timeoutMs: number;
}

const rules = '/prometheus/config/v1/rules';

/** Makes a client of the Mimir at `baseUrl`; connects at the first request only. */
export function createMimirClient(baseUrl: string, { timeoutMs }: MimirClientOptions): MimirClient {
  const send = requestsTo(baseUrl, timeoutMs);
  const get = <T>(path: string, schema: z.ZodType<T>) => readAs(send, path, { schema, parse: JSON.parse });
  const remove = async (path: string) => {
    const request: MimirRequest = { method: 'DELETE', path };
    accept(request, await send(request), [404]);
  };
  return {
    ready: () => askReady(send),
    buildInfo: () => get('/api/v1/status/buildinfo', buildInfoSchema),
    config: () => readAs(send, '/config', { schema: z.string(), parse: (text) => text }),
    ruleGroups: () => readAs(send, rules, { schema: rulerStateSchema, parse: parseYaml }),
    setRuleGroup: async (namespace, group) => {
      const path = `${rules}/${encodeURIComponent(namespace)}`;
      const request: MimirRequest = { method: 'POST', path, yaml: renderYaml(group) };
      accept(request, await send(request));
    },
    deleteRuleGroup: (namespace, name) =>
      remove(`${rules}/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`),
    deleteNamespace: (namespace) => remove(`${rules}/${encodeURIComponent(namespace)}`),
    userStats: () => get('/api/v1/user_stats', userStatsSchema),
    alerts: () => get('/prometheus/api/v1/alerts', alertsSchema),
    query: (promql) => get(`/prometheus/api/v1/query?query=${encodeURIComponent(promql)}`, queryResultSchema),
  };
}

async function askReady(send: SendRequest): Promise<Readiness> {
  const request: MimirRequest = { method: 'GET', path: '/ready' };
  try {
    accept(request, await send(request));
    return { ready: true };
  } catch (error) {
    if (!(error instanceof MimirApiError)) throw error;
    return { ready: false, reason: error.body ?? error.message };
  }
}

interface Reader<T> {
  readonly schema: z.ZodType<T>;
  readonly parse: (text: string) => unknown;
}

async function readAs<T>(send: SendRequest, path: string, { schema, parse }: Reader<T>): Promise<T> {
  const request: MimirRequest = { method: 'GET', path };
  const answer = await send(request);
  const text = accept(request, answer);
  try {
    return schema.parse(parse(text));
  } catch (error) {
    throw unexpected(request, answer, { why: 'the answer is not what its API says', cause: error });
  }
}
