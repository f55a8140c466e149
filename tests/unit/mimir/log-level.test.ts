import { expect, test } from 'vitest';
import { logLevels, parseLogLevel } from '../../../src/mimir/log-level.ts';

test.each(logLevels)('%s is taken, with spaces around it too', (level) => {
  expect(parseLogLevel(level)).toEqual({ level });
  expect(parseLogLevel(` ${level}\n`)).toEqual({ level });
});

test.each(['', 'INFO', 'warning', 'trace', 'info,debug', '1', 'toString'])(
  '"%s" is refused with an example',
  (text) => {
    expect(parseLogLevel(text)).toEqual({
      problem: `"${text}" is not a log level; write debug, info, warn or error, such as info`,
    });
  },
);
