import { type AlertmanagerConfig } from '../../src/mimir/alertmanager-config.ts';
import type { MimirClient } from '../../src/mimir/api.ts';
import { MimirApiError } from '../../src/mimir/errors.ts';
import type { RuleGroup } from '../../src/mimir/rule-group.ts';
import { isOurs } from '../../src/mimir/namespaces.ts';

/** What a Mimir holds, and how it takes what it is given. */
export interface FakeMimir {
  /** Groups by namespace, users' own included. */
  readonly ruler: Map<string, readonly RuleGroup[]>;
  alertmanagerConfig: AlertmanagerConfig | undefined;
  /** Why the ruler refuses a group; undefined if it takes it. */
  refusesGroup: (group: RuleGroup) => string | undefined;
  /** Why the Alertmanager refuses a configuration; undefined if it takes it. */
  refusesConfig: (config: AlertmanagerConfig) => string | undefined;
  /** Calls that get no answer. */
  readonly silent: Set<keyof MimirClient>;
  /** Calls that were made, `ready` left out. */
  readonly calls: string[];
}

/** A Mimir that holds nothing and takes everything. */
export function aFakeMimir(): FakeMimir {
  return {
    ruler: new Map(),
    alertmanagerConfig: undefined,
    refusesGroup: () => undefined,
    refusesConfig: () => undefined,
    silent: new Set(),
    calls: [],
  };
}

type Calls = Pick<
  MimirClient,
  | 'config'
  | 'ruleGroups'
  | 'setRuleGroup'
  | 'deleteRuleGroup'
  | 'deleteNamespace'
  | 'alertmanagerConfig'
  | 'setAlertmanagerConfig'
  | 'deleteAlertmanagerConfig'
>;

/** A client of it. As the real one, it answers only while Mimir is ready; what no hook needs fails. */
export function fakeMimirClient(mimir: FakeMimir, isReady: () => boolean): MimirClient {
  const call =
    <A extends readonly unknown[], T>(name: keyof MimirClient, act: (...args: A) => T) =>
    (...args: A): Promise<T> => {
      mimir.calls.push(name);
      if (mimir.silent.has(name) || !isReady())
        return Promise.reject(new MimirApiError('no answer', { method: 'ANY', path: `/${name}` }));
      try {
        return Promise.resolve(act(...args));
      } catch (error) {
        return Promise.reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
  const none = (name: string) => () => Promise.reject(new Error(`cannot ask ${name}: no hook needs it`));
  return {
    ...bindCalls(mimir, call),
    ready: () =>
      Promise.resolve(
        isReady() ? { ready: true } : { ready: false, reason: 'no answer: refused', listens: true },
      ),
    buildInfo: none('buildInfo'),
    userState: none('userState'),
    restoreUserState: none('restoreUserState'),
    ingesters: none('ingesters'),
    flush: none('flush'),
    prepareShutdown: none('prepareShutdown'),
    hasSamplesOlderThan: none('hasSamplesOlderThan'),
    userStats: none('userStats'),
    alerts: none('alerts'),
    ruleStatuses: none('ruleStatuses'),
    alertmanagerAlerts: none('alertmanagerAlerts'),
    query: none('query'),
  };
}

type Call = <A extends readonly unknown[], T>(
  name: keyof MimirClient,
  act: (...args: A) => T,
) => (...args: A) => Promise<T>;

function bindCalls(mimir: FakeMimir, call: Call): Calls {
  const { ruler } = mimir;
  return {
    config: call('config', () => 'target: all,alertmanager\n'),
    ruleGroups: call('ruleGroups', () => new Map([...ruler].filter(([namespace]) => isOurs(namespace)))),
    setRuleGroup: call('setRuleGroup', (namespace: string, group: RuleGroup) => {
      const body = mimir.refusesGroup(group);
      const facts = { method: 'POST', path: `/${namespace}`, status: 400 };
      if (body !== undefined) throw new MimirApiError(`400: ${body}`, { ...facts, body });
      ruler.set(namespace, [...without(ruler.get(namespace), group.name), group]);
    }),
    deleteRuleGroup: call('deleteRuleGroup', (namespace: string, name: string) => {
      ruler.set(namespace, without(ruler.get(namespace), name));
    }),
    deleteNamespace: call('deleteNamespace', (namespace: string) => {
      ruler.delete(namespace);
    }),
    alertmanagerConfig: call('alertmanagerConfig', () => mimir.alertmanagerConfig),
    setAlertmanagerConfig: call('setAlertmanagerConfig', (config: AlertmanagerConfig) => {
      const reason = mimir.refusesConfig(config);
      if (reason !== undefined) return { accepted: false as const, reason };
      mimir.alertmanagerConfig = config;
      return { accepted: true as const };
    }),
    deleteAlertmanagerConfig: call('deleteAlertmanagerConfig', () => {
      mimir.alertmanagerConfig = undefined;
    }),
  };
}

function without(groups: readonly RuleGroup[] = [], name: string): readonly RuleGroup[] {
  return groups.filter((group) => group.name !== name);
}
