import { JujuError } from '../../model/errors.ts';
import { ownEnd, relationOf } from '../../model/access.ts';
import type { Model, Unit } from '../../model/records.ts';
import { setFields } from '../../model/secret-changes.ts';
import {
  allSecrets,
  isGranted,
  isOwner,
  latestRevision,
  managedSecrets,
  manages,
  notFound,
  secretOf,
  withConsumer,
  withSecret,
} from '../../model/secrets.ts';
import type { Secret, SecretContent } from '../../model/secrets.ts';
import { contextUnit } from '../hook-context.ts';
import type { HookContext } from '../hook-context.ts';
import { atMost, parseArguments } from './arguments.ts';
import type { Flags } from './arguments.ts';
import { outputFlags, print } from './output.ts';
import { secretId } from './secret-values.ts';
import { modelAfterHook } from './secret-view.ts';
import { ToolFailure } from './tool.ts';
import type { Tool } from './tool.ts';

const secretGet: Tool = (call, context) => {
  const { flags, rest } = parseArguments(call.args, ['label=', 'peek', 'refresh', ...outputFlags]);
  if (flags['peek'] !== undefined && flags['refresh'] !== undefined) {
    throw new ToolFailure(2, 'specify one of --peek or --refresh but not both');
  }
  atMost(rest, 2);
  const [uri, key] = rest;
  const id = uri === undefined ? idOfLabel(flags['label'], context) : secretId(uri);
  const content = readContent(id, flags, context);
  return print(shown(content, key), flags, { call, context, smart: 'yaml' });
};

/** The secret that the unit calls so: one that it owns, or that it has read with this label. */
function idOfLabel(label: string | undefined, context: HookContext): string {
  if (label === undefined) throw new ToolFailure(2, 'require either a secret URI or label');
  const unit = contextUnit(context);
  const found = allSecrets(modelAfterHook(context)).find(
    (secret) =>
      (isOwner(secret, unit) && secret.label === label) || secret.consumers[unit.name]?.label === label,
  );
  if (found === undefined) throw new JujuError(`consumer label "${label}" not found`);
  return found.id;
}

function readContent(id: string, flags: Flags, context: HookContext): SecretContent {
  const pending = modelAfterHook(context).secrets[id];
  if (pending === undefined) throw notFound(id);
  if (isOwner(pending, contextUnit(context))) return readOwn(pending, flags, context);
  return readGranted(id, flags, context);
}

/** Owners read the latest revision; what this hook has set, only by --peek or --refresh (Juju: context.go GetSecret). */
function readOwn(pending: Secret, { label, peek, refresh }: Flags, context: HookContext): SecretContent {
  const committed = context.port.model().secrets[pending.id];
  if (label !== undefined && committed !== undefined && committed.label !== label) {
    relabel(committed, label, context);
  }
  const secret = peek === undefined && refresh === undefined ? (committed ?? pending) : pending;
  return contentOf(secret, latestRevision(secret));
}

function relabel(secret: Secret, label: string, context: HookContext): void {
  context.port.update((model) =>
    manages(model, secret, contextUnit(context))
      ? withSecret(model, setFields(model, secret, { label }))
      : model,
  );
}

/** Juju: secretsmanager/secrets.go; the first reading tracks the latest revision, and so does --refresh. */
function readGranted(id: string, flags: Flags, context: HookContext): SecretContent {
  const unit = contextUnit(context);
  const secret = secretOf(context.port.model(), id);
  if (!isGranted(secret, unit)) throw new JujuError('permission denied');
  const latest = latestRevision(secret);
  const known = secret.consumers[unit.name] ?? { label: '', tracked: latest, told: latest };
  const tracked = flags['refresh'] === undefined ? known.tracked : latest;
  const { label = known.label } = flags;
  const consumer = { ...known, label, tracked };
  if (JSON.stringify(secret.consumers[unit.name]) !== JSON.stringify(consumer)) {
    context.port.update((model) =>
      withConsumer(freeLabel(model, unit, label), id, { unit: unit.name, consumer }),
    );
  }
  return contentOf(secret, flags['peek'] === undefined ? tracked : latest);
}

/** A reader's label names one secret: the last that it was given to. */
function freeLabel(model: Model, { name }: Unit, label: string): Model {
  const holder = allSecrets(model).find((secret) => secret.consumers[name]?.label === label);
  const consumer = holder?.consumers[name];
  if (label === '' || holder === undefined || consumer === undefined) return model;
  return withConsumer(model, holder.id, { unit: name, consumer: { ...consumer, label: '' } });
}

function contentOf({ id, revisions }: Secret, number: number): SecretContent {
  const revision = revisions[number];
  if (revision === undefined) throw new JujuError(`secret revision "${id}/${number}" not found`);
  return revision.content;
}

function shown(content: SecretContent, asked: string | undefined): string | Record<string, string> {
  const decoded = (text: string) => Buffer.from(text, 'base64').toString();
  if (asked === undefined) {
    return Object.fromEntries(Object.entries(content).map(([key, text]) => [key, decoded(text)]));
  }
  const [key = '', form] = asked.split('#');
  const text = content[key];
  if (text === undefined) throw new ToolFailure(1, `secret key value "${key}" not found`);
  return form === 'base64' ? text : decoded(text);
}

const secretInfoGet: Tool = (call, context) => {
  const { flags, rest } = parseArguments(call.args, ['label=', ...outputFlags]);
  atMost(rest, 1);
  const [uri] = rest;
  const { label } = flags;
  if (uri === undefined && label === undefined) {
    throw new ToolFailure(2, 'require either a secret URI or label');
  }
  if (uri !== undefined && label !== undefined) {
    throw new ToolFailure(2, 'specify either a secret URI or label but not both');
  }
  const id = uri === undefined ? undefined : secretId(uri);
  const model = modelAfterHook(context);
  const found = managedSecrets(model, contextUnit(context)).find((secret) =>
    id === undefined ? secret.label === label : secret.id === id,
  );
  if (found === undefined) throw notFound(id ?? label ?? '');
  return print({ [found.id]: details(model, found) }, flags, { call, context, smart: 'yaml' });
};

function details(model: Model, secret: Secret): Record<string, unknown> {
  const { owner, label, description, rotate, rotates, grants } = secret;
  const latest = latestRevision(secret);
  const expiry = secret.revisions[latest]?.expires;
  const access = grants.map(({ relation, target }) => ({
    target: tag(target),
    ...(relation !== undefined && { scope: relationTag(model, relation) }),
    role: 'view',
  }));
  return {
    ...{ revision: latest, label, owner: owner.includes('/') ? 'unit' : 'application' },
    ...(description !== '' && { description }),
    rotation: rotate,
    ...(expiry !== undefined && { expiry }),
    ...(rotates !== undefined && { rotates }),
    ...(access.length > 0 && { access }),
  };
}

function tag(name: string): string {
  return name.includes('/') ? `unit-${name.replace('/', '-')}` : `application-${name}`;
}

function relationTag(model: Model, id: number): string {
  const relation = relationOf(model, id);
  const ends = relation.ends.map(
    ({ application }) => `${application}.${ownEnd(relation, application).endpoint}`,
  );
  return `relation-${ends.join('#')}`;
}

const secretIds: Tool = (call, context) => {
  const { flags, rest } = parseArguments(call.args, outputFlags);
  atMost(rest, 0);
  const ids = managedSecrets(modelAfterHook(context), contextUnit(context)).map(({ id }) => id);
  return print(ids.length === 0 ? undefined : ids, flags, { call, context });
};

/** secret-get, secret-info-get, secret-ids. */
export const secretReadTools: Readonly<Record<string, Tool>> = {
  'secret-get': secretGet,
  'secret-info-get': secretInfoGet,
  'secret-ids': secretIds,
};
