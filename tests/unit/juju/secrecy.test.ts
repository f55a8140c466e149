import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TransportError } from '../../../src/juju/errors.ts';
import { createHookTools, type HookTools } from '../../../src/juju/hook-tools/hook-tools.ts';
import { createJujuLogger } from '../../../src/juju/logger.ts';
import { Redacted } from '../../../src/juju/redacted.ts';
import type { HookToolTransport, ToolCall, ToolOutput } from '../../../src/juju/transport/transport.ts';

/** How every secret here begins; it stands out whatever follows it and however that is escaped. */
const marker = 'S3CRET';
const bytes = Buffer.from(marker);
const markers = [
  marker,
  bytes.toString('base64'),
  inspect(bytes).slice('<Buffer '.length, -1),
  [...bytes].join(),
];
const id = 'secret:9m4e2mr0ui3e8a215n4g';

type Answer = (call: ToolCall, secret: string) => ToolOutput;

function output(code: number, stdout: string, stderr: string): ToolOutput {
  return { code, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) };
}

/** What Juju, or something in its place, may do with a call. */
const answers = {
  'answers an object': (_, secret) => output(0, JSON.stringify({ password: secret }), ''),
  'answers a nested object': (_, secret) => output(0, JSON.stringify({ a: { b: secret } }), ''),
  'answers a list': (_, secret) => output(0, JSON.stringify([secret]), ''),
  'answers a text': (_, secret) => output(0, JSON.stringify(secret), ''),
  'answers half an object': (_, secret) => output(0, `{"password":"${secret}`, ''),
  'answers no JSON': (_, secret) => output(0, secret, ''),
  'fails and repeats its arguments': ({ tool, args }) => output(2, '', `ERROR ${tool} ${args.join(' ')}\n`),
  'cannot be reached': ({ tool, args }) => {
    const cause = new Error(`no ${tool}: ${args.join(' ')}`);
    throw new TransportError({ message: `cannot ask for ${tool}`, mayHaveRun: true, cause });
  },
} satisfies Readonly<Record<string, Answer>>;

/** Everything that is given a secret, or gives one that stays hidden. */
const hidden: Readonly<Record<string, (tools: HookTools, secret: string) => Promise<unknown>>> = {
  secretAdd: (tools, secret) =>
    tools.secretAdd({ owner: 'unit', label: 'db', values: { password: new Redacted(secret) } }),
  secretSet: (tools, secret) =>
    tools.secretSet(id, { values: { keystore: new Redacted(Buffer.from(secret)) } }),
  secretGet: (tools) => tools.secretGet({ id, label: 'db' }),
  secretBytes: (tools) => tools.secretBytes({ id, key: 'password' }),
  secretInfo: (tools) => tools.secretInfo({ label: 'db' }),
  stateSet: (tools, password) => tools.stateSet({ password }),
  relationSet: (tools, password) => tools.relationSet(7, { scope: 'app', values: { password } }),
};

/** What gives texts that are no secret of Juju's: only its errors must hide them. */
const open: typeof hidden = {
  stateGet: (tools) => tools.stateGet('password'),
  stateEntries: (tools) => tools.stateEntries(),
  relationGet: (tools) => tools.relationGet(7, { app: 'pg' }),
  configGet: (tools) => tools.configGet(),
};

function transportThat(answer: Answer, secret: string): HookToolTransport {
  const call = (made: ToolCall) => {
    // The id of a new secret is no secret itself.
    if (made.tool === 'secret-add' && answer(made, id).code === 0) return output(0, `${id}\n`, '');
    return answer(made, secret);
  };
  return {
    name: 'spawn',
    call: (made) =>
      new Promise((resolve) => {
        resolve(call(made));
      }),
    close: () => Promise.resolve(),
  };
}

/** Each way in which people get to see a value. */
async function shown(value: unknown): Promise<string> {
  const lines: string[] = [];
  const logger = createJujuLogger({
    jujuLog: (level, message) => {
      lines.push(`${level} ${message}`);
      return Promise.resolve();
    },
  });
  logger.error(value instanceof Error ? (value.stack ?? value.message) : JSON.stringify(value));
  logger.info(inspect(value, { depth: Infinity, showHidden: true, maxStringLength: Infinity }));
  await logger.flush();
  return [...lines, String(value), JSON.stringify(value)].join('\n');
}

const secrets = fc.string({ unit: 'binary', maxLength: 40 }).map((rest) => `${marker}${rest}`);
const answerNames = fc.constantFrom(...Object.values(answers));

test('no secret shows in a result, an error or a log line, whatever Juju answers', async () => {
  const asking = fc.constantFrom(...Object.values(hidden));
  await fc.assert(
    fc.asyncProperty(secrets, answerNames, asking, async (secret, answer, ask) => {
      const tools = createHookTools(transportThat(answer, secret));
      const text = await shown(await ask(tools, secret).catch((error: unknown) => error));
      for (const mark of markers) expect(text).not.toContain(mark);
    }),
    { numRuns: 500 },
  );
});

test('no value that Juju answers shows in an error', async () => {
  const asking = fc.constantFrom(...Object.values(open));
  await fc.assert(
    fc.asyncProperty(secrets, answerNames, asking, async (secret, answer, ask) => {
      const tools = createHookTools(transportThat(answer, secret));
      const text = await ask(tools, secret).then(() => '', shown);
      for (const mark of markers) expect(text).not.toContain(mark);
    }),
    { numRuns: 200 },
  );
});
