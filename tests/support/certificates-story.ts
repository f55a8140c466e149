import { z } from 'zod';
import { runAction } from './mimir-story.ts';
import { overTls, type Simulation } from './simulation.ts';

/** The application that signs, and that tells whom to trust. */
export const authority = 'self-signed-certificates';

const shownCa = z.looseObject({ 'ca-certificate': z.string() });

/** Deploys the authority and relates it to Mimir; certificates are for `validity`. */
export async function addAuthority(
  simulation: Simulation,
  { validity = '1h' }: { validity?: string } = {},
): Promise<void> {
  const config = { 'certificate-validity': validity };
  await simulation.ask({ command: 'deploy', charm: authority, application: authority, config });
  const endpoints: [string, string] = ['mimir-k8s:certificates', `${authority}:certificates`];
  await simulation.ask({ command: 'integrate', endpoints });
}

/** Has these applications trust the authority. */
export async function trustAuthority(simulation: Simulation, applications: readonly string[]): Promise<void> {
  for (const application of applications) {
    const endpoints: [string, string] = [`${application}:receive-ca-cert`, `${authority}:send-ca-cert`];
    await simulation.ask({ command: 'integrate', endpoints });
  }
}

/** The authority's certificate in PEM, and the same simulator, asked over TLS by one who trusts it. */
export async function trusting(
  simulation: Simulation,
): Promise<{ readonly simulation: Simulation; readonly ca: string }> {
  const shown = await runAction(simulation, `${authority}/0`, { action: 'get-ca' });
  const { 'ca-certificate': ca } = shownCa.parse(shown);
  return { simulation: overTls(simulation, ca), ca };
}
