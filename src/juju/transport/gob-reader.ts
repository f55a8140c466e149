import { fieldsOf, type GobFields } from './gob-fields.ts';
import { createFrameReader } from './gob-frames.ts';
import { builtInTypes, typeId, type GobType, type GobValue } from './gob-types.ts';
import { readTopLevel } from './gob-values.ts';
import { createCursor, GobError } from './gob-wire.ts';

/** Most types that a stream may define; net/rpc with hook tools needs five. */
const maxTypes = 1000;

/** Decodes one direction of a connection, by the type definitions that the stream itself carries. */
export interface GobReader {
  /**
   * Takes a chunk and returns the values that are now whole.
   * @throws GobError if the stream is not gob; the reader is of no use afterwards.
   */
  feed(chunk: Buffer): readonly GobValue[];
  /** Whether a value has begun and not ended: part of a message is there, or only types that were defined for it. */
  pending(): boolean;
}

/** A reader at the beginning of a stream. */
export function createGobReader(): GobReader {
  const frames = createFrameReader();
  const types = new Map<number, GobType>(builtInTypes);
  let announced = false;

  const define = (newId: number, type: GobType) => {
    if (newId < typeId.firstDefined || types.has(newId)) {
      throw new GobError(`cannot define the type ${newId}: this id is taken`);
    }
    if (types.size >= maxTypes) throw new GobError('cannot define a type: there are too many');
    types.set(newId, type);
  };

  const readMessage = (message: Buffer): readonly GobValue[] => {
    const cursor = createCursor(message);
    const type = Number(cursor.signed());
    announced = type < 0;
    if (!announced) return [readTopLevel(cursor, types, type)];
    define(-type, describedType(readTopLevel(cursor, builtInTypes, typeId.wireType)));
    return [];
  };

  return {
    feed: (chunk) => frames.feed(chunk).flatMap(readMessage),
    pending: () => announced || frames.pending() > 0,
  };
}

/** Reads how a stream describes a type (Go: encoding/gob/type.go, wireType). */
function describedType(value: GobValue): GobType {
  const described = fieldsOf(value);
  const structure = described.struct('StructT');
  if (structure !== undefined) {
    const fields = structure.structs('Field');
    return {
      kind: 'struct',
      name: nameOf(structure),
      fields: fields.map((field) => ({ name: field.text('Name'), type: field.number('Id') })),
    };
  }
  const list = described.struct('SliceT') ?? described.struct('ArrayT');
  if (list !== undefined) return { kind: 'slice', name: nameOf(list), element: list.number('Elem') };
  const map = described.struct('MapT');
  if (map === undefined) return { kind: 'opaque' };
  return { kind: 'map', key: map.number('Key'), element: map.number('Elem') };
}

function nameOf(type: GobFields): string {
  return type.struct('CommonType')?.text('Name') ?? '';
}
