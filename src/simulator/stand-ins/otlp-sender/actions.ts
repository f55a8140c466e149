import { z } from 'zod';
import { connectionReason } from '../connection-reason.ts';
import { ActionFailure, runActionOf } from '../run-dispatch.ts';
import { encodeMetrics } from './encode.ts';
import { endpoint, readBaseUrls } from './endpoints.ts';
import { type SenderPorts, topologyOf } from './reconcile.ts';

/** How long a receiver may take over one request, in ms (OpenTelemetry: the exporter's `timeout`). */
const timeoutMs = 30_000;

const sendParameters = z.object({ value: z.number(), metric: z.string().default('otlp_value') });

/** Runs one of the charm's actions. What goes wrong becomes the action's failure. */
export async function runAction(name: string, ports: SenderPorts): Promise<void> {
  await runActionOf({ send }, name, ports);
}

async function send({ environment, tools }: SenderPorts): Promise<void> {
  const parameters = sendParameters.safeParse(await tools.actionGet());
  if (!parameters.success) throw new ActionFailure(`cannot send: ${z.prettifyError(parameters.error)}`);
  const { metric, value } = parameters.data;
  const { model, modelUuid, application, unit, charmName } = topologyOf(environment);
  const attributes = {
    juju_model: model,
    juju_model_uuid: modelUuid,
    juju_application: application,
    juju_unit: unit,
    juju_charm: charmName,
  };
  const resource = { 'service.name': application, 'service.instance.id': unit };
  const timestamp = Date.now();
  const body = encodeMetrics(resource, { name: metric, value, timestamp, attributes });
  const urls = await readBaseUrls(await tools.relationIds(endpoint), tools);
  if (urls.length === 0) throw new ActionFailure('cannot send: there is no endpoint to send to');
  for (const url of urls) await post(`${url.replace(/\/+$/, '')}/v1/metrics`, body);
  await tools.actionSet({ metric, value, timestamp, urls: JSON.stringify(urls) });
}

/** Posts once, as the exporter does: whatever is no 2xx was not taken. A redirect would turn the POST into a GET. */
async function post(url: string, body: Uint8Array): Promise<void> {
  let answer: { readonly status: number; readonly text: string };
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-protobuf' },
      body: Uint8Array.from(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    answer = { status: response.status, text: await response.text() };
  } catch (cause) {
    throw new ActionFailure(`cannot send to ${url}: ${connectionReason(cause)}`, { cause });
  }
  const { status, text } = answer;
  if (status < 200 || status >= 300) throw new ActionFailure(`cannot send to ${url}: ${status} ${text}`);
}
