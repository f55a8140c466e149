/** Starts a cluster with one pod as whoever runs it, and prints the health of its Pebble. */
import { podSpec, startTestCluster } from './test-cluster.ts';

await using cluster = await startTestCluster();
await cluster.call({ method: 'createPod', spec: podSpec(cluster, 'app-0') });
const socket = { method: 'pebble', pod: 'app-0', container: 'workload', path: '/v1/health' } as const;
console.log(JSON.stringify({ uid: process.getuid?.(), health: await cluster.call(socket) }));
