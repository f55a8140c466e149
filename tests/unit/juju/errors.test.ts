import { describe, expect, test } from 'vitest';
import { HookToolError } from '../../../src/juju/errors.ts';

describe('an error of a hook tool', () => {
  test('says what was run and what the tool said', () => {
    const error = new HookToolError({
      tool: 'relation-list',
      args: ['-r', '7'],
      code: 2,
      stderr: 'ERROR relation not found\n',
    });
    expect(error.message).toBe('cannot run relation-list -r 7: relation not found (exit code 2)');
    expect(error).toMatchObject({ tool: 'relation-list', args: ['-r', '7'], code: 2 });
    expect(error.stderr).toBe('ERROR relation not found\n');
  });

  test.each(['secret-add', 'secret-set', 'relation-set', 'state-set'])(
    'never shows the values of %s',
    (tool) => {
      const error = new HookToolError({
        tool,
        args: ['--label=db', 'password=hunter2\nhunter2', 'a=b=hunter2'],
        code: 1,
        stderr: '',
      });
      expect(JSON.stringify(error) + error.message).not.toContain('hunter2');
      expect(error.args).toStrictEqual(['--label=db', 'password=[redacted]', 'a=[redacted]']);
    },
  );
});
