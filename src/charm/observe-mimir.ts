import type { MimirClient } from '../mimir/api.ts';
import { concernsAlertmanagerConfig } from './alertmanager-config.ts';
import { noteTrouble, type Findings } from './findings.ts';
import type { JujuFacts } from './observe-juju.ts';
import type { MimirApis } from './ports.ts';
import { ruleSources } from './rule-sources.ts';
import { isReady, type Snapshot, type Workload } from './snapshot.ts';

/** What Mimir's API says where this event may change it, and the way by which it was asked. */
export interface MimirObservation extends Pick<Snapshot, 'ruler' | 'alertmanagerConfig'> {
  readonly client: MimirClient;
}

/**
 * Reads the ruler and the Alertmanager's configuration where this event may change them, on the leader. The unit's
 * own Mimir is asked if it is ready, else any other through the application's Service; with none ready both stay
 * unobserved, and so they do when Mimir fails to answer, which is noted.
 */
export async function observeMimir(
  mimir: MimirApis,
  juju: JujuFacts,
  { workload, findings }: { workload: Workload; findings: Findings },
): Promise<MimirObservation> {
  const ownReady = isReady(workload);
  const client = ownReady ? mimir.unit : mimir.application;
  const nothing = { client, ruler: 'unobserved', alertmanagerConfig: 'unobserved' } as const;
  const needs = needsOf(juju, findings);
  if (needs === undefined || (!ownReady && juju.plannedUnits <= 1)) return nothing;
  try {
    if (!ownReady && !(await client.ready()).ready) return nothing;
    return { client, ...(await read(client, needs)) };
  } catch (error) {
    noteTrouble(findings, error);
    return nothing;
  }
}

/** What of Mimir's API this event may have to change. */
interface Needs {
  readonly rules: boolean;
  readonly config: boolean;
}

/** After trouble nothing more is asked: what could not be done must not be planned as if it had been. */
function needsOf(juju: JujuFacts, { trouble }: Findings): Needs | undefined {
  if (trouble !== undefined) return undefined;
  const rules = juju.leader && !juju.dying && ruleSources(juju) !== 'unobserved';
  const config = concernsAlertmanagerConfig(juju);
  return rules || config ? { rules, config } : undefined;
}

async function read(
  client: MimirClient,
  { rules, config }: Needs,
): Promise<Omit<MimirObservation, 'client'>> {
  return {
    ruler: rules ? await client.ruleGroups() : 'unobserved',
    alertmanagerConfig: config ? await client.alertmanagerConfig() : 'unobserved',
  };
}
