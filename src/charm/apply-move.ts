import { MimirApiError } from '../mimir/errors.ts';
import { paths } from '../mimir/paths.ts';
import type { Outcome } from './apply.ts';
import type { Effect } from './effect.ts';
import { noteTrouble, type Findings } from './findings.ts';
import type { MimirApis, Ports } from './ports.ts';

/** The steps of a move from the disk to a bucket that are about what users have put into Mimir. */
export type MoveEffect = Extract<Effect, { kind: 'keep-user-state' | 'restore-user-state' }>;

/** Tells whether an effect is such a step. */
export function isMoveEffect(effect: Effect): effect is MoveEffect {
  return effect.kind === 'keep-user-state' || effect.kind === 'restore-user-state';
}

interface MoveTarget extends Pick<Ports, 'pebble' | 'clock'> {
  readonly mimir: MimirApis;
}

/** Carries out a step, after which the world has to be looked at again. A Mimir that does not answer is noted. */
export async function applyMove(
  { mimir, pebble, clock }: MoveTarget,
  effect: MoveEffect,
  findings: Findings,
): Promise<Outcome> {
  try {
    if (effect.kind === 'restore-user-state') {
      await mimir.unit.restoreUserState(effect.state);
      await pebble.removePath(paths.userState, { recursive: true });
    } else {
      const content = await mimir.unit.userState();
      await noteOldSamples({ mimir, pebble, clock }, effect.olderThan);
      await pebble.writeFile({ path: paths.userState, content, permissions: '600', makeDirs: true });
    }
  } catch (error) {
    noteTrouble(findings, error);
  }
  return 'look-again';
}

/** The question goes through all that is stored: where Mimir has no answer in time, there may be such samples. */
async function noteOldSamples({ mimir, pebble, clock }: MoveTarget, olderThan: number): Promise<void> {
  let are = true;
  try {
    are = await mimir.unit.hasSamplesOlderThan(olderThan);
  } catch (error) {
    if (!(error instanceof MimirApiError)) throw error;
  }
  const content = `${new Date(clock.date().getTime() - olderThan).toISOString()}\n`;
  await (are
    ? pebble.writeFile({ path: paths.leftOnDisk, content, permissions: '644', makeDirs: true })
    : pebble.removePath(paths.leftOnDisk, { recursive: true }));
}
