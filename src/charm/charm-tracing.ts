import type { Event } from '../juju/index.ts';
import { interpretAuthorities } from './authorities.ts';
import { observeEndpoint } from './observe-relations.ts';
import { observeWorkload } from './observe-workload.ts';
import type { Ports } from './ports.ts';
import type { Snapshot, UnitIdentity } from './snapshot.ts';
import { readReceiver, type ToldReceiver, type TraceSender } from './trace-receiver.ts';
import { heldTls } from './tls.ts';
import type { TracesWanted } from './trace.ts';

const sender: TraceSender = {
  endpoint: 'charm-tracing',
  who: 'the charm',
  otherwise: 'the charm sends none',
};

/** Reads where the charm's own traces are taken. */
export function interpretCharmTracing({ charmTracing }: Pick<Snapshot, 'charmTracing'>): ToldReceiver {
  return readReceiver(charmTracing, sender);
}

/** Where the trace of a hook goes; undefined for nowhere. `world` is asked only if it is a receiver of https. */
export function tracesWanted(
  facts: Pick<Snapshot, 'charmTracing'>,
  world: () =>
    Pick<Snapshot, 'authorities' | 'workload'> | Promise<Pick<Snapshot, 'authorities' | 'workload'>>,
): TracesWanted | undefined {
  const { tracesTo: url } = interpretCharmTracing(facts);
  if (url === undefined) return undefined;
  const authorities = async () => {
    if (!url.startsWith('https:')) return '';
    const found = await world();
    // The charm trusts whom Mimir trusts.
    return interpretAuthorities(found, heldTls(found)?.ca ?? '').trusted;
  };
  return { url, authorities };
}

/** Finds out where the trace of an action goes, which reads nothing else of Juju's relations. */
export async function observeTracesWanted(
  ports: Ports,
  event: Event,
  identity: UnitIdentity,
): Promise<TracesWanted | undefined> {
  const reader = { identity, leader: false };
  const observe = (endpoint: 'charm-tracing' | 'receive-ca-cert') =>
    observeEndpoint(ports.hookTools, event, { ...reader, endpoint });
  return tracesWanted({ charmTracing: await observe('charm-tracing') }, async () => {
    const [authorities, workload] = await Promise.all([observe('receive-ca-cert'), observeWorkload(ports)]);
    return { authorities, workload };
  });
}
