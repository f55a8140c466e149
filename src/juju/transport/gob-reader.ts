import * as z from 'zod/mini';
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

const common = z.object({
  CommonType: z._default(z.object({ Name: z._default(z.string(), '') }), { Name: '' }),
});
const id = z.int();

/** A type as a stream describes it; exactly one of the fields is there. */
const wireType = z.object({
  ArrayT: z.optional(z.extend(common, { Elem: id })),
  SliceT: z.optional(z.extend(common, { Elem: id })),
  StructT: z.optional(
    z.extend(common, {
      Field: z._default(z.array(z.object({ Name: z._default(z.string(), ''), Id: id })), []),
    }),
  ),
  MapT: z.optional(z.object({ Key: id, Elem: id })),
});

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

function describedType(value: GobValue): GobType {
  const { success, data } = wireType.safeParse(value);
  if (!success) throw new GobError('cannot define a type: its description is incomplete');
  const { ArrayT: array, SliceT: slice, StructT: structure, MapT: map } = data;
  if (structure !== undefined) {
    return {
      kind: 'struct',
      name: structure.CommonType.Name,
      fields: structure.Field.map((field) => ({ name: field.Name, type: field.Id })),
    };
  }
  const list = slice ?? array;
  if (list !== undefined) return { kind: 'slice', name: list.CommonType.Name, element: list.Elem };
  if (map !== undefined) return { kind: 'map', key: map.Key, element: map.Elem };
  return { kind: 'opaque' };
}
