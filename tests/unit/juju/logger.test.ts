import { expect, test } from 'vitest';
import { createJujuLogger } from '../../../src/juju/logger.ts';

test('lines are sent in the order in which they were logged, and flush waits for them', async () => {
  const sent: string[] = [];
  const delays = [20, 0, 10, 0];
  const logger = createJujuLogger({
    jujuLog: async (level, message) => {
      await new Promise((resolve) => setTimeout(resolve, delays.shift()));
      sent.push(`${level} ${message}`);
    },
  });
  logger.debug('one');
  logger.info('two');
  logger.warning('three');
  logger.error('four');
  await logger.flush();
  expect(sent).toStrictEqual(['DEBUG one', 'INFO two', 'WARNING three', 'ERROR four']);
});

test('a line that juju-log does not take goes elsewhere, and the next is tried all the same', async () => {
  const sent: string[] = [];
  const kept: string[] = [];
  const logger = createJujuLogger(
    {
      jujuLog: (_, message) => {
        if (message === 'one') return Promise.reject(new Error('no agent'));
        sent.push(message);
        return Promise.resolve();
      },
    },
    (line) => kept.push(line),
  );
  logger.info('one');
  logger.info('two');
  await logger.flush();
  expect(kept).toStrictEqual(['INFO one (Error: no agent)']);
  expect(sent).toStrictEqual(['two']);
});
