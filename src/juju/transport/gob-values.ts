import type { GobStruct, GobType, GobValue, ScalarKind, StructType, TypeTable } from './gob-types.ts';
import { GobError, type ByteCursor } from './gob-wire.ts';

/** Deepest nesting taken; a stream may define a type in terms of itself. */
const maxDepth = 64;

interface ValueReader {
  readonly cursor: ByteCursor;
  readonly types: TypeTable;
  readonly depth: number;
}

const scalars: Readonly<Record<ScalarKind, (cursor: ByteCursor) => GobValue>> = {
  bool: (cursor) => cursor.unsigned() !== 0,
  int: (cursor) => cursor.signed(),
  uint: (cursor) => cursor.unsigned(),
  float: readFloat,
  bytes: (cursor) => cursor.take(cursor.count(1)),
  string: (cursor) => cursor.take(cursor.count(1)).toString('utf8'),
  complex: (cursor) => [readFloat(cursor), readFloat(cursor)],
  opaque: (cursor) => cursor.take(cursor.count(1)),
};

/**
 * Reads a message's value of the type `id`; what is not a struct has a zero before it (Go: encoding/gob).
 * @throws GobError
 */
export function readTopLevel(cursor: ByteCursor, types: TypeTable, id: number): GobValue {
  const type = lookUp(types, id);
  if (type.kind !== 'struct' && cursor.unsigned() !== 0) {
    throw new GobError('cannot read a value: the zero before it is missing');
  }
  const value = readValue({ cursor, types, depth: 0 }, type);
  if (cursor.remaining() > 0) throw new GobError('cannot read a message: more follows after its value');
  return value;
}

function readValue(reader: ValueReader, type: GobType): GobValue {
  if (reader.depth > maxDepth) throw new GobError(`cannot read a value: more than ${maxDepth} levels deep`);
  const inner = { ...reader, depth: reader.depth + 1 };
  if (type.kind === 'struct') return readStruct(inner, type);
  if (type.kind === 'slice') return readList(inner, lookUp(reader.types, type.element));
  if (type.kind === 'map') {
    return readMap(inner, lookUp(reader.types, type.key), lookUp(reader.types, type.element));
  }
  return scalars[type.kind](reader.cursor);
}

function readStruct(reader: ValueReader, { name, fields }: StructType): GobStruct {
  const entries: [string, GobValue][] = [];
  let index = -1;
  for (let delta = reader.cursor.unsigned(); delta !== 0; delta = reader.cursor.unsigned()) {
    index += Number(delta);
    const field = fields[index];
    if (field === undefined) throw new GobError(`cannot read a ${name}: it has no field ${index + 1}`);
    entries.push([field.name, readValue(reader, lookUp(reader.types, field.type))]);
  }
  return Object.fromEntries(entries);
}

function readList(reader: ValueReader, element: GobType): readonly GobValue[] {
  return Array.from({ length: reader.cursor.count(1) }, () => readValue(reader, element));
}

function readMap(reader: ValueReader, key: GobType, element: GobType): ReadonlyMap<GobValue, GobValue> {
  const pair = (): [GobValue, GobValue] => [readValue(reader, key), readValue(reader, element)];
  return new Map(Array.from({ length: reader.cursor.count(2) }, pair));
}

/** A float is its bits with the bytes turned around, as a number. */
function readFloat(cursor: ByteCursor): number {
  const bits = Buffer.alloc(8);
  bits.writeBigUInt64LE(BigInt(cursor.unsigned()));
  return bits.readDoubleBE();
}

function lookUp(types: TypeTable, id: number): GobType {
  const type = types.get(id);
  if (type === undefined) throw new GobError(`cannot read a value: the type ${id} is not defined`);
  return type;
}
