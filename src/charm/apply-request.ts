import { podName } from './addresses.ts';
import type { Outcome } from './apply.ts';
import type { AskedUnit, WorkloadRequest } from './charm-state.ts';
import { noteTrouble, type Findings } from './findings.ts';
import type { MimirApis } from './ports.ts';

const kinds: ReadonlySet<string> = new Set<WorkloadRequest['kind']>([
  'ask-peers',
  'flush',
  'prepare-shutdown',
]);

/** Tells whether an effect is such a request. */
export function isWorkloadRequest(effect: { readonly kind: string }): effect is WorkloadRequest {
  return kinds.has(effect.kind);
}

/** Carries out a request. A Mimir that does not answer is noted, and the plan is made anew without it. */
export async function applyRequest(
  mimir: MimirApis,
  request: WorkloadRequest,
  findings: Findings,
): Promise<Outcome> {
  try {
    switch (request.kind) {
      case 'ask-peers':
        findings.peersDown = await askPeers(mimir, request.units);
        return 'look-again';
      case 'flush':
        await mimir.unit.flush();
        findings.flushed = true;
        return 'look-again';
      case 'prepare-shutdown':
        // First what Mimir is to do when it stops: should the flush take too long, it does the rest then.
        await mimir.unit.prepareShutdown();
        await mimir.unit.flush();
        return 'done';
    }
  } catch (error) {
    noteTrouble(findings, error);
    return 'look-again';
  }
}

/** Which of these units do not serve: those whose Mimir is not ready, or that this unit's Mimir takes to be away. */
async function askPeers(mimir: MimirApis, units: readonly AskedUnit[]): Promise<readonly string[]> {
  const [instances, answers] = await Promise.all([
    mimir.unit.ingesters(),
    Promise.all(units.map(async ({ hostname }) => (await mimir.peer(hostname).ready()).ready)),
  ]);
  const active = new Set(instances.flatMap(({ id, state }) => (state === 'ACTIVE' ? [id] : [])));
  return units.flatMap(({ unit }, index) =>
    answers[index] === true && active.has(podName(unit)) ? [] : [unit],
  );
}
