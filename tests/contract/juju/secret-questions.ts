import type { Question } from './questions.ts';

const bareId = '9m4e2mr0ui3e8a215n4g';
const id = `secret:${bareId}`;
const json = (value: unknown) => ({ stdout: `${JSON.stringify(value)}\n` });
const fails = (code: number, message: string) => ({ code, stderr: `ERROR ${message}\n` });

const full = {
  revision: 3,
  label: 'db',
  owner: 'application',
  description: 'of the database',
  rotation: 'monthly',
  expiry: '2026-01-02T03:04:05Z',
  rotates: '2026-02-01T00:00:00.5+01:00',
  access: [{ target: 'application-pg', scope: 'relation-pg.db#mimir.db', role: 'view' }],
};

const reads: readonly Question[] = [
  {
    name: 'secretGet finds no secret that was not granted',
    answer: fails(1, 'permission denied'),
    ask: (tools) => tools.secretGet({ id }),
    result: undefined,
    call: ['secret-get', '--format=json', id],
  },
  {
    name: 'secretGet finds no secret that is not there',
    answer: fails(1, `secret "${bareId}" not found`),
    ask: (tools) => tools.secretGet({ id }),
    result: undefined,
    call: ['secret-get', '--format=json', id],
  },
  {
    name: 'secretGet finds no secret by a label that nobody gave',
    answer: fails(1, 'consumer label "s3" not found'),
    ask: (tools) => tools.secretGet({ label: 's3', revision: 'refresh' }),
    result: undefined,
    call: ['secret-get', '--format=json', '--label', 's3', '--refresh'],
  },
  {
    name: 'secretBytes reads bytes that are no text',
    answer: json('AP+A'),
    ask: async (tools) => (await tools.secretBytes({ id, key: 'keystore', revision: 'peek' }))?.reveal(),
    result: Buffer.of(0, 255, 128),
    call: ['secret-get', '--format=json', id, '--peek', 'keystore#base64'],
  },
  {
    name: 'secretBytes reads an empty value',
    answer: json(''),
    ask: async (tools) => (await tools.secretBytes({ id, key: 'keystore' }))?.reveal(),
    result: Buffer.alloc(0),
    call: ['secret-get', '--format=json', id, 'keystore#base64'],
  },
  {
    name: 'secretBytes finds no value by a key that is not there',
    answer: fails(1, 'secret key value "keystore" not found'),
    ask: (tools) => tools.secretBytes({ id, key: 'keystore' }),
    result: undefined,
    call: ['secret-get', '--format=json', id, 'keystore#base64'],
  },
  {
    name: 'secretInfo reads what Juju knows of a secret',
    answer: json({ [bareId]: full }),
    ask: (tools) => tools.secretInfo({ label: 'db' }),
    result: {
      ...{ id, revision: 3, label: 'db', owner: 'application', description: 'of the database' },
      ...{ rotation: 'monthly', access: full.access },
      expiresAt: new Date('2026-01-02T03:04:05Z'),
      rotatesAt: new Date('2026-01-31T23:00:00.500Z'),
    },
    call: ['secret-info-get', '--format=json', '--label', 'db'],
  },
  {
    name: 'secretInfo reads a secret of which only the least is known',
    answer: json({ [bareId]: { revision: 1, label: '', owner: 'unit' } }),
    ask: (tools) => tools.secretInfo({ id }),
    result: {
      ...{ id, revision: 1, label: undefined, owner: 'unit', description: undefined },
      ...{ rotation: 'never', access: [], expiresAt: undefined, rotatesAt: undefined },
    },
    call: ['secret-info-get', '--format=json', id],
  },
  {
    name: "secretInfo finds no other application's secret",
    answer: fails(1, `secret "${bareId}" not found`),
    ask: (tools) => tools.secretInfo({ id }),
    result: undefined,
    call: ['secret-info-get', '--format=json', id],
  },
  {
    name: 'secretIds reads bare ids, in order',
    answer: json(['b9m4e2mr0ui3e8a215n4', 'a9m4e2mr0ui3e8a215n4']),
    ask: (tools) => tools.secretIds(),
    result: ['secret:a9m4e2mr0ui3e8a215n4', 'secret:b9m4e2mr0ui3e8a215n4'],
    call: ['secret-ids', '--format=json'],
  },
  {
    name: 'secretIds takes null for no secrets',
    answer: json(null),
    ask: (tools) => tools.secretIds(),
    result: [],
    call: ['secret-ids', '--format=json'],
  },
];

const writes: readonly Question[] = [
  {
    name: 'secretSet changes what is not a value without a file',
    answer: {},
    ask: (tools) =>
      tools.secretSet(id, { label: 'db', description: '-', rotation: 'never', expiry: { seconds: 90 } }),
    result: undefined,
    call: [
      ...(['secret-set', id, '--label', 'db', '--description', '-'] as const),
      ...['--rotate', 'never', '--expire', '90s'],
    ],
  },
  {
    name: 'secretGrant lets a whole application see a secret',
    answer: {},
    ask: (tools) => tools.secretGrant(id, { relation: 7 }),
    result: undefined,
    call: ['secret-grant', id, '-r', '7'],
  },
  {
    name: 'secretGrant lets one unit see a secret',
    answer: {},
    ask: (tools) => tools.secretGrant(id, { relation: 7, unit: 'pg/0' }),
    result: undefined,
    call: ['secret-grant', id, '-r', '7', '--unit', 'pg/0'],
  },
  {
    name: 'secretRevoke ends the sight of a relation',
    answer: {},
    ask: (tools) => tools.secretRevoke(id, { relation: 7 }),
    result: undefined,
    call: ['secret-revoke', id, '-r', '7'],
  },
  {
    name: 'secretRevoke ends the sight of an application',
    answer: {},
    ask: (tools) => tools.secretRevoke(id, { app: 'pg' }),
    result: undefined,
    call: ['secret-revoke', id, '--app', 'pg'],
  },
  {
    name: 'secretRevoke ends the sight of a unit',
    answer: {},
    ask: (tools) => tools.secretRevoke(id, { unit: 'pg/0' }),
    result: undefined,
    call: ['secret-revoke', id, '--unit', 'pg/0'],
  },
  {
    name: 'secretRemove removes a revision',
    answer: {},
    ask: (tools) => tools.secretRemove(id, 2),
    result: undefined,
    call: ['secret-remove', id, '--revision', '2'],
  },
  {
    name: 'secretRemove removes a whole secret',
    answer: {},
    ask: (tools) => tools.secretRemove(id),
    result: undefined,
    call: ['secret-remove', id],
  },
];

/** Every tool of the secret family but those that store values. */
export const secretQuestions: readonly Question[] = [...reads, ...writes];
