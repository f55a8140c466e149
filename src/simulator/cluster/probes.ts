import { get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** What the kubelet makes of a container's probes. */
export interface ProbeListener {
  onReady(ready: boolean): void;
  /** The container must be killed and started anew. */
  onDead(): void;
}

/** The figures of the kubelet's probes as Juju sets them (juju.md section 6), in ms. */
const startup = { period: 1000, failures: 30 };
const period = 5000;
const livenessFailures = 3;
const timeout = 1000;

/** Where a container's health is asked for, and how often. */
export interface ProbeTarget {
  readonly address: string;
  readonly port: number;
  /** Pebble's own socket, if the address cannot be reached from here now. */
  readonly localSocket: () => string | undefined;
  /** Divides the periods. */
  readonly speed: number;
}

/**
 * Probes Pebble's health at `address:port` until `signal` is aborted: alive until it has started, then ready and alive.
 */
export async function probeContainer(
  target: ProbeTarget,
  listener: ProbeListener,
  signal: AbortSignal,
): Promise<void> {
  const isAt = (level: string) => isHealthy(target, `/v1/health?level=${level}`, signal);
  const pause = async (ms: number) => {
    await delay(ms / target.speed, undefined, { signal });
  };
  try {
    let failures = 0;
    while (!(await isAt('alive'))) {
      if (++failures === startup.failures) listener.onDead();
      await pause(startup.period);
    }
    failures = 0;
    for (;;) {
      const [ready, alive] = await Promise.all([isAt('ready'), isAt('alive')]);
      if (signal.aborted) return;
      listener.onReady(ready);
      failures = alive ? 0 : failures + 1;
      if (failures === livenessFailures) listener.onDead();
      await pause(period);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Whether a GET answers 200 to 399 in time (Kubernetes: httpGet probe). */
function isHealthy(target: ProbeTarget, path: string, signal: AbortSignal): Promise<boolean> {
  const socketPath = target.localSocket();
  const place = socketPath === undefined ? { host: target.address, port: target.port } : { socketPath };
  return new Promise((resolve) => {
    const request = get({
      ...place,
      path,
      agent: false,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
    });
    request.once('response', (response) => {
      response.resume();
      resolve((response.statusCode ?? 0) >= 200 && (response.statusCode ?? 0) < 400);
    });
    request.on('error', () => {
      resolve(false);
    });
  });
}
