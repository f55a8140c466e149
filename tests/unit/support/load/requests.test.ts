import { expect, test } from 'vitest';
import { countPushes } from '../../../support/load/requests.ts';
import { answering } from './answering.ts';

const metrics = `
# TYPE cortex_request_duration_seconds histogram
cortex_request_duration_seconds_bucket{method="POST",route="api_v1_push",status_code="200",ws="false",le="0.005"} 4
cortex_request_duration_seconds_sum{method="POST",route="api_v1_push",status_code="200",ws="false"} 0.1
cortex_request_duration_seconds_count{method="POST",route="api_v1_push",status_code="200",ws="false"} 7
cortex_request_duration_seconds_count{method="POST",route="api_v1_push",status_code="500",ws="false"} 2
cortex_request_duration_seconds_count{method="POST",route="api_v1_push_influx_write",status_code="200",ws="false"} 5
cortex_request_duration_seconds_count{method="GET",route="ready",status_code="200",ws="false"} 9
`;

test('sums the remote-write requests of all units, whatever was answered', async () => {
  const units = await Promise.all(
    [metrics, '# none yet\n'].map((text) => answering((_, to) => to.end(text))),
  );
  expect(await countPushes(units.map(({ ask }) => ask))).toBe(9);
  for (const { close } of units) close();
});

test('a unit that does not answer is an error', async () => {
  const unit = await answering((_, response) => response.writeHead(503).end('starting'));
  await expect(countPushes([unit.ask])).rejects.toThrow('cannot count requests: 503 starting');
  unit.close();
});
