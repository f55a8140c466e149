import { z } from 'zod';
import type { HookTools } from '../../../juju/index.ts';
import { ActionFailure, runActionOf } from '../run-dispatch.ts';
import { journalPort } from './targets.ts';

/** What an action needs of the world. */
export interface ActionPorts {
  readonly tools: HookTools;
  /** Where the workload answers; the pod's loopback if absent. */
  readonly workloadUrl?: string;
}

/** The workload did not answer within the time that it was given. */
class LateAnswer extends ActionFailure {}

const counts = z.looseObject({
  acknowledged: z.number(),
  deduplicated: z.number(),
  pending: z.number(),
  dropped: z.number(),
  requests: z.number(),
  retries: z.number(),
  paused: z.boolean(),
  urls: z.record(z.string(), z.looseObject({ lastError: z.string().optional() })),
});

const sent = z.object({
  metric: z.string(),
  value: z.number(),
  timestamp: z.number(),
  labels: z.record(z.string(), z.string()),
  outcomes: z.record(z.string(), z.enum(['acknowledged', 'deduplicated', 'dropped'])),
});

const sendParameters = z.object({
  value: z.number(),
  metric: z.string().optional(),
  // Mimir tells a sender to come again after 96 s at most (Mimir: distributor.retry-after-header.max-backoff).
  timeout: z.number().positive().default(130),
});

/** Runs one of the charm's actions. What goes wrong becomes the action's failure. */
export async function runAction(name: string, ports: ActionPorts): Promise<void> {
  await runActionOf(actions, name, ports);
}

const actions: Readonly<Record<string, (ports: ActionPorts) => Promise<void>>> = {
  send,
  journal: (ports) => showCounts('GET', 'journal', ports),
  pause: (ports) => showCounts('POST', 'pause', ports),
  resume: (ports) => showCounts('POST', 'resume', ports),
};

async function send(ports: ActionPorts): Promise<void> {
  const parameters = sendParameters.safeParse(await ports.tools.actionGet());
  if (!parameters.success) throw new ActionFailure(`cannot send: ${z.prettifyError(parameters.error)}`);
  const { timeout, ...sample } = parameters.data;
  const request = {
    method: 'POST',
    body: JSON.stringify(sample),
    signal: AbortSignal.timeout(timeout * 1000),
  };
  const { metric, value, timestamp, labels, outcomes } = sent.parse(await acknowledged(request, ports));
  await ports.tools.actionSet({
    metric,
    value,
    timestamp,
    labels: JSON.stringify(labels),
    urls: JSON.stringify(outcomes),
  });
  const dropped = Object.keys(outcomes).filter((url) => outcomes[url] === 'dropped');
  if (Object.keys(outcomes).length === 0) throw new ActionFailure('cannot send: there is no URL to send to');
  if (dropped.length > 0)
    throw new ActionFailure(
      `cannot send: dropped: ${await lastErrors(ports, { of: dropped, otherwise: 'it is a target no more' })}`,
    );
}

/** What the workload answers to a request to send; fails with each URL's last words if none acknowledges in time. */
async function acknowledged(request: RequestInit, ports: ActionPorts): Promise<unknown> {
  try {
    return await ask('send', request, ports);
  } catch (error) {
    if (!(error instanceof LateAnswer)) throw error;
    throw new ActionFailure(`${error.message}: ${await lastErrors(ports, { otherwise: 'no answer yet' })}`, {
      cause: error,
    });
  }
}

/** What each of these URLs, or of all, answered last that was no acknowledgement, or `otherwise`. */
async function lastErrors(
  ports: ActionPorts,
  { of, otherwise }: { readonly of?: readonly string[]; readonly otherwise: string },
): Promise<string> {
  const { urls } = counts.parse(await ask('journal', {}, ports));
  const named = of ?? Object.keys(urls);
  return named.map((url) => `${url}: ${urls[url]?.lastError ?? otherwise}`).join('; ');
}

async function showCounts(method: string, path: string, ports: ActionPorts): Promise<void> {
  const journal = counts.parse(await ask(path, { method }, ports));
  const { acknowledged, deduplicated, pending, dropped, requests, retries, paused, urls } = journal;
  await ports.tools.actionSet({
    ...{ acknowledged, deduplicated, pending, dropped, requests, retries },
    paused,
    urls: JSON.stringify(urls),
  });
}

async function ask(path: string, request: RequestInit, ports: ActionPorts): Promise<unknown> {
  const { workloadUrl = `http://127.0.0.1:${journalPort}` } = ports;
  let response: Response;
  try {
    response = await fetch(`${workloadUrl}/${path}`, request);
  } catch (cause) {
    const late = cause instanceof Error && cause.name === 'TimeoutError';
    if (late) throw new LateAnswer(`cannot ${path}: not acknowledged in time; it stays queued`, { cause });
    throw new ActionFailure(`cannot ${path}: the workload does not answer (${String(cause)})`, { cause });
  }
  const text = await response.text();
  if (!response.ok) throw new ActionFailure(`cannot ${path}: ${text}`);
  return JSON.parse(text);
}
