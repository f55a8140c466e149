import { z } from 'zod';
import { ActionFailure, runActionOf } from '../run-dispatch.ts';
import { revoked } from './answer.ts';
import { ensureAuthority, replaceAuthority } from './authority.ts';
import { options, type Options } from './options.ts';
import { serve } from './reconcile.ts';
import { endpoints, readAsked, tellAnswers, type CertificatePorts } from './relations.ts';

type Act = (ports: CertificatePorts, set: Options) => Promise<void>;

/** Runs one of the charm's actions. What goes wrong becomes the action's failure. */
export async function runAction(name: string, ports: CertificatePorts): Promise<void> {
  await runActionOf(actions, name, ports);
}

const actions: Readonly<Record<string, (ports: CertificatePorts) => Promise<void>>> = {
  'get-ca': onLeader('show the authority', showAuthority),
  'rotate-ca': onLeader('rotate the authority', rotate),
  revoke: onLeader('revoke', revoke),
};

/** Only the leader signs, and may write what is signed. */
function onLeader(what: string, act: Act): (ports: CertificatePorts) => Promise<void> {
  return async (ports) => {
    if (!(await ports.tools.isLeader()))
      throw new ActionFailure(`cannot ${what}: this unit is not the leader`);
    const set = options.safeParse(await ports.tools.configGet());
    if (!set.success) throw new ActionFailure(`cannot ${what}: ${z.prettifyError(set.error)}`);
    await act(ports, set.data);
  };
}

async function showAuthority({ tools }: CertificatePorts, set: Options): Promise<void> {
  const { certificate } = await ensureAuthority(set['ca-common-name'], tools);
  await tools.actionSet({ 'ca-certificate': certificate.trim() });
}

async function rotate(ports: CertificatePorts, set: Options): Promise<void> {
  const { tools } = ports;
  const authority = await replaceAuthority(set['ca-common-name'], tools);
  const live = {
    certificates: await tools.relationIds(endpoints.certificates),
    authority: await tools.relationIds(endpoints.authority),
  };
  const { status, message } = await serve(live, { authority, options: set }, ports);
  await tools.statusSet({ status, message, application: false });
  await tools.actionSet({ 'ca-certificate': authority.certificate.trim() });
}

async function revoke(ports: CertificatePorts): Promise<void> {
  let count = 0;
  for (const id of await ports.tools.relationIds(endpoints.certificates)) {
    const { before } = await readAsked(id, ports);
    await tellAnswers(id, revoked(before), ports);
    count += before.certificates.length;
  }
  await ports.tools.actionSet({ revoked: count });
}
