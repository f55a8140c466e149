import { Redacted, type HookTools, type SecretValues } from '../../../juju/index.ts';
import { createAuthority, type Authority, type Period } from '../../../x509/certificate-authority.ts';

type SecretHookTools = Pick<HookTools, 'secretInfo' | 'secretGet' | 'secretAdd' | 'secretSet'>;

/** The owner's name for the secret. */
const label = 'ca-certificates';
const tenYears = 3650 * 86_400;

/** From now on for some seconds. */
export function periodOf(seconds: number): Period {
  const now = Date.now();
  return { notBefore: new Date(now), notAfter: new Date(now + seconds * 1000) };
}

/**
 * The authority, kept in a secret of the application, which outlives its pods: the one of before if it has this common
 * name, else a new one. Only the leader may ask.
 */
export async function ensureAuthority(commonName: string, tools: SecretHookTools): Promise<Authority> {
  const before = await readAuthority(tools);
  return before?.commonName === commonName ? before.authority : await replaceAuthority(commonName, tools);
}

/** Makes a new authority, and keeps it as a new revision of the secret. */
export async function replaceAuthority(commonName: string, tools: SecretHookTools): Promise<Authority> {
  const authority = await createAuthority({ commonName, period: periodOf(tenYears) });
  const values: SecretValues = {
    'common-name': new Redacted(commonName),
    'ca-certificate': new Redacted(authority.certificate),
    'private-key': new Redacted(authority.privateKey),
  };
  const info = await tools.secretInfo({ label });
  if (info === undefined) await tools.secretAdd({ owner: 'application', label, values });
  else await tools.secretSet(info.id, { values });
  return authority;
}

async function readAuthority(
  tools: SecretHookTools,
): Promise<{ readonly commonName: string; readonly authority: Authority } | undefined> {
  const info = await tools.secretInfo({ label });
  if (info === undefined) return undefined;
  // The owner too is given the revision that it read last, unless it asks for the latest.
  const content = await tools.secretGet({ id: info.id, revision: 'peek' });
  const {
    'common-name': commonName,
    'ca-certificate': certificate,
    'private-key': privateKey,
  } = content ?? {};
  if (commonName === undefined || certificate === undefined || privateKey === undefined)
    throw new Error(`cannot read the authority: secret ${info.id} has none`);
  const authority = { certificate: certificate.reveal(), privateKey: privateKey.reveal() };
  return { commonName: commonName.reveal(), authority };
}
