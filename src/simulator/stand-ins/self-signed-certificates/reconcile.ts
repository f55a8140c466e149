import { actOnOptions, blocked, liveRelations, type Hook, type UnitStatus } from '../run-dispatch.ts';
import type { Authority } from '../../../x509/certificate-authority.ts';
import { answersTo } from './answer.ts';
import { ensureAuthority } from './authority.ts';
import { options, type Options } from './options.ts';
import { endpoints, readAsked, tellAnswers, tellAuthority, type CertificatePorts } from './relations.ts';

/** Relations by id, each to be served. */
interface Live {
  readonly certificates: readonly number[];
  readonly authority: readonly number[];
}

/** Answers every request, tells whom to trust, and sets the unit's status. */
export async function reconcile(event: Hook, ports: CertificatePorts): Promise<void> {
  const { tools } = ports;
  // A revision that nobody tracks any more: an authority of before.
  if (event.kind === 'secret-remove') await tools.secretRemove(event.id, event.revision);
  await actOnOptions(tools, options, async (set) => {
    if (!(await tools.isLeader())) return { status: 'active', message: 'leaves the signing to the leader' };
    const authority = await ensureAuthority(set['ca-common-name'], tools);
    const live = {
      certificates: await liveRelations(event, endpoints.certificates, tools),
      authority: await liveRelations(event, endpoints.authority, tools),
    };
    return serve(live, { authority, options: set }, ports);
  });
}

/** Serves all of the relations with an authority; the answer is what the unit's status is to show. Only the leader may. */
export async function serve(
  live: Live,
  signing: { readonly authority: Authority; readonly options: Options },
  ports: CertificatePorts,
): Promise<UnitStatus> {
  const counts = { certificates: 0, errors: 0 };
  const problems: string[] = [];
  for (const id of live.certificates) {
    const asked = await readAsked(id, ports);
    const answers = answersTo(asked.requests, asked.before, signing);
    await tellAnswers(id, answers, ports);
    counts.certificates += answers.certificates.length;
    counts.errors += answers.errors.length;
    problems.push(...asked.problems);
  }
  for (const id of live.authority) await tellAuthority(id, signing.authority.certificate, ports);
  if (problems.length > 0) return blocked(problems.join('; '));
  const refused = counts.errors === 0 ? '' : `, requests refused: ${counts.errors}`;
  return { status: 'active', message: `certificates: ${counts.certificates}${refused}` };
}
