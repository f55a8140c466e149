import { z } from 'zod';
import { ActionFailure, runActionOf } from '../run-dispatch.ts';
import { sendSingleRequest } from '../send-request.ts';
import { trustedCertificates } from '../trusted-authorities.ts';
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
  const authorities = await trustedCertificates(tools);
  for (const url of urls) await post(`${url.replace(/\/+$/, '')}/v1/metrics`, body, authorities);
  await tools.actionSet({ metric, value, timestamp, urls: JSON.stringify(urls) });
}

/** Posts once, as the exporter does: whatever is no 2xx was not taken. A redirect would turn the POST into a GET. */
async function post(url: string, content: Uint8Array, authorities: readonly string[]): Promise<void> {
  const headers = { 'Content-Type': 'application/x-protobuf', 'Content-Length': content.length };
  const request = { method: 'POST', headers, body: content, authorities, timeoutMs };
  const { status, body } = await sendSingleRequest(url, request).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ActionFailure(`cannot send to ${url}: ${why}`, { cause });
  });
  if (status < 200 || status >= 300) throw new ActionFailure(`cannot send to ${url}: ${status} ${body}`);
}
