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

/**
 * Probes Pebble's health at `address:port` until `signal` is aborted: alive until it has started, then ready and alive.
 * `speed` divides the periods.
 */
export async function probeContainer(
  target: { readonly address: string; readonly port: number; readonly speed: number },
  listener: ProbeListener,
  signal: AbortSignal,
): Promise<void> {
  const url = (level: string) => `http://${target.address}:${target.port}/v1/health?level=${level}`;
  const pause = async (ms: number) => {
    await delay(ms / target.speed, undefined, { signal });
  };
  try {
    let failures = 0;
    while (!(await isHealthy(url('alive'), signal))) {
      if (++failures === startup.failures) listener.onDead();
      await pause(startup.period);
    }
    failures = 0;
    for (;;) {
      const [ready, alive] = await Promise.all([
        isHealthy(url('ready'), signal),
        isHealthy(url('alive'), signal),
      ]);
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
function isHealthy(url: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, {
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
