import { describe, expect, test } from 'vitest';
import { createActionTools } from '../../../../src/juju/hook-tools/action.ts';
import type { ToolCall } from '../../../../src/juju/transport/transport.ts';

function aTransport() {
  const calls: ToolCall[] = [];
  const empty = Buffer.alloc(0);
  const call = (made: ToolCall) => {
    calls.push(made);
    return Promise.resolve({ code: 0, stdout: empty, stderr: empty });
  };
  return { calls, name: 'agent-socket' as const, call, close: () => Promise.resolve() };
}

describe('the results of an action', () => {
  test.each(['Upper', 'under_score', '-lead', 'trail-', 'a.b', '', 'a=b'])(
    'may not have the key "%s", which Juju refuses',
    async (key) => {
      const transport = aTransport();
      const tools = createActionTools(transport);
      await expect(tools.actionSet({ good: 1, deep: { [key]: 1 } })).rejects.toThrow(
        `cannot set the action result deep.${key}: a key has lowercase letters, digits and inner dashes only`,
      );
      expect(transport.calls).toStrictEqual([]);
    },
  );

  test('may have a key of Juju only where it is not the outermost', async () => {
    const transport = aTransport();
    const tools = createActionTools(transport);
    await expect(tools.actionSet({ stdout: 'x' })).rejects.toThrow(
      'cannot set the action result stdout: Juju sets it',
    );
    await tools.actionSet({ command: { stdout: 'x' } });
    expect(transport.calls).toStrictEqual([{ tool: 'action-set', args: ['command.stdout=x'] }]);
  });
});
