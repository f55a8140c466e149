import {
  publishVersion0,
  publishVersion1,
  understandsVersion1,
} from '../../../interfaces/certificate-transfer.ts';
import {
  publishAnswers,
  readAnswers,
  readRequests,
  type Answers,
} from '../../../interfaces/tls-certificates.ts';
import type { Databag, HookTools } from '../../../juju/index.ts';
import { remoteAppBag, type DispatchPorts } from '../run-dispatch.ts';

/** The endpoints. */
export const endpoints = { certificates: 'certificates', authority: 'send-ca-cert' } as const;

/** What the charm needs of the world. */
export type CertificatePorts = Pick<DispatchPorts, 'environment' | 'tools'>;

/** What is asked for in a relation, and what was told. */
export interface Asked {
  readonly requests: readonly string[];
  readonly before: Answers;
  /** Why some of it could not be read. */
  readonly problems: readonly string[];
}

/** Reads the requests of all units, and of the application, and the leader's own answers. */
export async function readAsked(id: number, { environment, tools }: CertificatePorts): Promise<Asked> {
  const bags = await requirerBags(id, tools);
  const results = bags.map(readRequests);
  const told = readAnswers((await tools.relationGet(id, { app: environment.appName })) ?? {});
  if (!told.ok) throw new Error(`cannot read our own answers in relation ${id}: ${told.reason}`);
  return {
    requests: [...new Set(results.flatMap((result) => (result.ok ? result.value : [])))],
    before: told.value,
    problems: results.flatMap((result) => (result.ok ? [] : [`relation ${id}: ${result.reason}`])),
  };
}

/** Tells the answers to all requests of a relation. */
export async function tellAnswers(id: number, answers: Answers, { tools }: CertificatePorts): Promise<void> {
  await tools.relationSet(id, { scope: 'app', values: publishAnswers(answers) });
}

/** Tells a requirer whom to trust, in the version that it understands; both, once it has changed its mind. */
export async function tellAuthority(id: number, ca: string, { tools }: CertificatePorts): Promise<void> {
  const bag = (await remoteAppBag(id, tools)) ?? {};
  if (understandsVersion1(bag)) await tools.relationSet(id, { scope: 'app', values: publishVersion1([ca]) });
  else
    await tools.relationSet(id, {
      scope: 'unit',
      values: publishVersion0({ ca, certificate: ca, chain: [ca] }),
    });
}

async function requirerBags(id: number, tools: HookTools): Promise<readonly Databag[]> {
  const bags: Databag[] = [];
  const app = await tools.relationApp(id);
  if (app !== undefined) bags.push((await tools.relationGet(id, { app })) ?? {});
  for (const unit of await tools.relationUnits(id)) bags.push((await tools.relationGet(id, { unit })) ?? {});
  return bags;
}
