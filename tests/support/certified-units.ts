import type { Effect } from '../../src/charm/effect.ts';
import type { RelationSnapshot, Snapshot } from '../../src/charm/snapshot.ts';
import type { UnitKey } from '../../src/charm/unit-key.ts';
import { type IssuedTo, publish } from '../../src/interfaces/tls-certificates.ts';
import type { Databag } from '../../src/juju/index.ts';
import { speaksTls } from '../../src/mimir/config/tls.ts';
import { paths } from '../../src/mimir/paths.ts';
import type { Authority } from '../../src/x509/certificate-authority.ts';
import { createKey } from '../../src/x509/certificate-request.ts';
import { allRelations, aSender } from './builders.ts';
import { kinds } from './effects.ts';
import { answersWith, authorities, aUnitKey, certificatesFrom, issuedFor } from './issued-certificates.ts';
import { runOn, scale, type SeveralUnits, severalUnits, starts } from './several-units.ts';

/** Units of one application, and a provider of certificates beside them, which answers when it is told to. */
export interface CertifiedUnits {
  readonly units: SeveralUnits;
  /** Id of the relation, which is another one each time; undefined while there is none. */
  relationId: number | undefined;
  /** By this one the provider signs. */
  authority: Authority;
  /** What the provider has answered so far, by the requests. */
  readonly answers: Map<string, IssuedTo>;
  /** What each unit's Mimir was started with, time after time: its certificate, or that it speaks in clear. */
  readonly started: Map<string, string[]>;
}

/** Id of the relation of a sender that all units see. */
export const senderId = 10;

/** In the place of an authority or a certificate, for plain HTTP. */
export const inClear = 'in clear';

/** A key takes a tenth of a second: each unit has one and the same for good. */
const keys = await Promise.all(Array.from({ length: 5 }, createKey));

const seen: Partial<Snapshot> = {
  senders: allRelations(aSender(senderId, { appBag: 'unobserved' })),
  grafanas: allRelations(),
};

/** So many units with a bucket, all serving in clear, and nobody who provides certificates. */
export async function unitsInClear(count: number): Promise<CertifiedUnits> {
  const world: CertifiedUnits = {
    units: severalUnits(count, seen),
    relationId: undefined,
    authority: authorities[0],
    answers: new Map(),
    started: new Map(),
  };
  await settle(world);
  return world;
}

/** So many units with a bucket, all serving with certificates of the first authority. */
export async function unitsOverTls(count: number): Promise<CertifiedUnits> {
  const world = await unitsInClear(count);
  relate(world);
  await settle(world, { answering: true });
  return world;
}

/** Adds units, or has those with the highest ordinals leave at once; if the leader is gone, the first leads. */
export function scaleTo(world: CertifiedUnits, count: number): void {
  const { units } = world;
  scale(units, count, { ...seen, leader: false });
  for (const unit of world.started.keys()) if (!units.snapshots.has(unit)) world.started.delete(unit);
  if (![...units.snapshots.values()].some(({ leader }) => leader))
    lead(world, [...units.snapshots.keys()][0] ?? '');
}

/** Relates the units to a provider that has not answered anything. */
export function relate(world: CertifiedUnits): void {
  world.answers.clear();
  world.relationId = nextRelation;
  nextRelation += 1;
}

let nextRelation = 200;

/** Ends the relation; each unit hears of it at its next event. */
export function unrelate(world: CertifiedUnits): void {
  world.relationId = undefined;
  world.answers.clear();
}

/** Has the provider answer what a unit asks for by now. */
export function answer({ units, answers, authority }: CertifiedUnits, unit: string): void {
  const unitKey = units.snapshots.get(unit)?.unitKey;
  if (unitKey !== undefined) answers.set(unitKey.request, issuedFor(unitKey, { authority }));
}

/** Has the provider take back what it has answered a unit. */
export function revoke({ units, answers }: CertifiedUnits, unit: string): void {
  const { request = '' } = units.snapshots.get(unit)?.unitKey ?? {};
  const given = answers.get(request);
  if (given !== undefined) answers.set(request, { ...given, revoked: true });
}

/** Has the provider sign by another authority from now on; what the one before has signed is not offered any more. */
export function rotate(world: CertifiedUnits): void {
  const [first, second] = authorities;
  world.authority = world.authority === first ? second : first;
  world.answers.clear();
}

/** Juju tells a unit that its certificate is due, and it asks for another. */
export async function renew(world: CertifiedUnits, unit: string): Promise<void> {
  change(world, unit, { requestExpired: true });
  await hear(world, unit);
  change(world, unit, { requestExpired: false });
}

/** Has this unit lead. */
export function lead(world: CertifiedUnits, leader: string): void {
  for (const unit of world.units.snapshots.keys())
    change(world, unit, {
      leader: unit === leader,
      applicationStatus: unit === leader ? undefined : 'unobserved',
    });
}

/** Runs an event on a unit, which sees what the provider says by now; returns what was done. */
export async function hear(world: CertifiedUnits, unit: string): Promise<readonly Effect[]> {
  const before = world.units.snapshots.get(unit)?.certificates.relations[0]?.id;
  const isOver = before !== undefined && before !== world.relationId;
  const broken = isOver ? await run(world, unit, undefined) : [];
  return [...broken, ...(await run(world, unit, world.relationId))];
}

/** Runs events on all units in turn until nothing is left to do; if it is `answering`, the provider leaves no request open. */
export async function settle(world: CertifiedUnits, { answering = false } = {}): Promise<void> {
  for (let round = 1; round <= 20; round += 1) {
    let quiet = true;
    for (const unit of world.units.snapshots.keys()) {
      const done = kinds(await hear(world, unit)).filter((kind) => kind !== 'replan');
      const answered = answering && isOpen(world, unit);
      if (answered) answer(world, unit);
      quiet &&= !answered && done.length === 0;
    }
    if (quiet) return;
  }
  throw new Error('cannot come to rest');
}

/** How each unit's Mimir speaks: in clear, or with the authority of its certificate; those that do not run left out. */
export function speech(world: CertifiedUnits): readonly string[] {
  return [...world.units.snapshots.keys()].flatMap((unit) => {
    const file = filesOf(world, unit);
    if (file === undefined) return [];
    return [speaksTls(file(paths.config)) ? nameOf({ certificate: file(paths.tlsFiles.ca) ?? '' }) : inClear];
  });
}

/** What a unit tells the sender. */
export function urlOf({ units }: CertifiedUnits, unit: string): string {
  const senders = units.snapshots.get(unit)?.senders ?? 'unobserved';
  return senders === 'unobserved' ? '' : readUrl(senders.relations[0]?.unitBag ?? {});
}

/** The text of a unit's status. */
export function statusOf({ units }: CertifiedUnits, unit: string): string {
  return units.snapshots.get(unit)?.unitStatus?.message ?? '';
}

/** What a unit tells its peers. */
export function told({ units }: CertifiedUnits, unit: string): Databag {
  return units.snapshots.get(unit)?.peers?.unitBag ?? {};
}

/** Changes what a unit sees. */
export function change({ units }: CertifiedUnits, unit: string, changes: Partial<Snapshot>): void {
  const before = units.snapshots.get(unit);
  if (before !== undefined) units.snapshots.set(unit, { ...before, ...changes });
}

/** The URL in the bag of a sender's relation. */
export function readUrl({ remote_write: text = '' }: Databag): string {
  return /"url":"([^"]*)"/.exec(text)?.[1] ?? '';
}

/** One of the authorities, by its place among them. */
export function nameOf({ certificate }: Pick<Authority, 'certificate'>): string {
  const index = authorities.findIndex((each) => each.certificate.trim() === certificate.trim());
  return index < 0 ? `unknown: ${certificate}` : `authority ${index}`;
}

/** Reads files of a Mimir that runs. */
function filesOf(
  { units }: CertifiedUnits,
  unit: string,
): ((path: string) => string | undefined) | undefined {
  const workload = units.snapshots.get(unit)?.workload;
  if (workload?.reachable !== true || workload.service !== 'active') return undefined;
  return (path) => workload.files.get(path);
}

function isOpen({ units, relationId, answers }: CertifiedUnits, unit: string): boolean {
  const request = units.snapshots.get(unit)?.unitKey?.request;
  return relationId !== undefined && (request === undefined || !answers.has(request));
}

async function run(
  world: CertifiedUnits,
  unit: string,
  relationId: number | undefined,
): Promise<readonly Effect[]> {
  change(world, unit, { certificates: allRelations(...relationFor(world, unit, relationId)) });
  const done = runOn(world.units, unit);
  if (starts(done)) noteStart(world, unit);
  if (kinds(done).includes('request-certificate')) await makeRequest(world, unit);
  return done;
}

function relationFor(
  { units, answers }: CertifiedUnits,
  unit: string,
  id: number | undefined,
): readonly RelationSnapshot[] {
  if (id === undefined) return [];
  const held = units.snapshots.get(unit)?.certificates.relations ?? [];
  const { unitBag = {} } = held.find((relation) => relation.id === id) ?? {};
  const remoteAppBag = answersWith({ certificates: [...answers.values()] });
  return certificatesFrom(undefined, [], { id, unitBag, remoteAppBag }).certificates.relations;
}

function noteStart(world: CertifiedUnits, unit: string): void {
  const file = filesOf(world, unit);
  const shown =
    file !== undefined && speaksTls(file(paths.config)) ? file(paths.tlsFiles.certificate) : inClear;
  world.started.set(unit, [...(world.started.get(unit) ?? []), shown ?? '']);
}

/** In the place of the text that the modelled world has for a request. */
async function makeRequest(world: CertifiedUnits, unit: string): Promise<void> {
  const ordinal = Number(unit.slice(unit.indexOf('/') + 1));
  const unitKey: UnitKey = await aUnitKey({ unit: ordinal, key: keys[ordinal] ?? '' });
  const relations = world.units.snapshots.get(unit)?.certificates.relations ?? [];
  const unitBag = publish(unitKey.request);
  change(world, unit, {
    unitKey,
    certificates: allRelations(...relations.map((each) => ({ ...each, unitBag }))),
  });
}
