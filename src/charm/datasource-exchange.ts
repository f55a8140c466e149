import { type Datasource, keys, publish, read } from '../interfaces/grafana-datasource-exchange.ts';
import { read as readReply } from '../interfaces/grafana-datasource.ts';
import type { PlannedBag } from './plan.ts';
import { briefly, type Problem } from './problem.ts';
import { type EndpointSnapshot, type Known, type Snapshot, writableRelations } from './snapshot.ts';

/** Plans what the others are told: which data sources the Grafanas have made of us. */
export function planDatasourceBags({ datasourcePeers, grafanas }: Snapshot): readonly PlannedBag[] {
  // Without all Grafanas' replies what was told before would be cut short.
  if (grafanas === 'unobserved' || grafanas.scope !== 'all') return [];
  const values = publish(ourSources(grafanas));
  return writableRelations(datasourcePeers).map((relationId) => ({
    ...{ relationId, scope: 'app', owned: keys.app },
    values,
  }));
}

/** One of each Grafana; an old one makes one of each unit, which are all the same, so the first stands for them. */
function ourSources({ relations }: EndpointSnapshot): readonly Datasource[] {
  return relations.flatMap(({ remoteAppBag }): readonly Datasource[] => {
    const reply = remoteAppBag === 'unobserved' ? undefined : readReply(remoteAppBag);
    if (reply?.ok !== true || reply.value.grafanaUid === undefined) return [];
    const { grafanaUid, appDatasourceUid, datasourceUids } = reply.value;
    const uid = appDatasourceUid ?? Object.values(datasourceUids).toSorted()[0];
    return uid === undefined ? [] : [{ type: 'prometheus', uid, grafanaUid }];
  });
}

/** What a Grafana calls the data source of traces that one of the others has told of; undefined if none did. */
export function traceSource(
  datasourcePeers: Known<EndpointSnapshot>,
  grafanaUid: string | undefined,
): string | undefined {
  const relations = datasourcePeers === 'unobserved' ? [] : datasourcePeers.relations;
  for (const { remoteAppBag } of relations.toSorted((a, b) => a.id - b.id)) {
    const told = remoteAppBag === 'unobserved' ? undefined : read(remoteAppBag);
    const sources = told?.ok === true ? told.value : [];
    const found = sources.find((one) => one.type === 'tempo' && one.grafanaUid === grafanaUid);
    if (found !== undefined) return found.uid;
  }
  return undefined;
}

/** Data sources that cannot be read: links from metrics to traces are missing until they are mended. */
export function datasourceProblems({ datasourcePeers }: Snapshot): readonly Problem[] {
  const relations = datasourcePeers === 'unobserved' ? [] : datasourcePeers.relations;
  return relations.flatMap(({ id, remoteAppBag }): readonly Problem[] => {
    const told = remoteAppBag === 'unobserved' ? undefined : read(remoteAppBag);
    if (told?.ok !== false) return [];
    const message = `Its data sources cannot be read (${briefly(told.reason)}); mend that there.`;
    return [{ status: 'active', source: `send-datasource:${id}`, message }];
  });
}
