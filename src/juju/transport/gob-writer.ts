import {
  builtInTypes,
  typeId,
  type GobStruct,
  type GobType,
  type GobValue,
  type SliceType,
  type StructType,
} from './gob-types.ts';
import { isList, isStruct } from './gob-fields.ts';
import { createSink, GobError, type ByteSink } from './gob-wire.ts';

/** Types that a writer may define, by their ids from 64 on. */
export type DefinedTypes = ReadonlyMap<number, StructType | SliceType>;

/** Encodes one direction of a connection; each type is defined before its first value, and only then. */
export interface GobWriter {
  /** The bytes of a value of the type `id`, preceded by the definitions that the stream does not have yet. */
  encode(id: number, value: GobStruct): Buffer;
}

/** A writer at the beginning of a stream, of structs and lists made of `types` and the built-in types. */
export function createGobWriter(types: DefinedTypes): GobWriter {
  const known: ReadonlyMap<number, GobType> = new Map([...builtInTypes, ...types]);
  const sent = new Set<number>();

  /** Definitions of the type and of those that it is made of, outer before inner, as Go sends them. */
  const definitions = (id: number): readonly Buffer[] => {
    const type = types.get(id);
    if (type === undefined || sent.has(id)) return [];
    sent.add(id);
    const parts = type.kind === 'struct' ? type.fields.map((field) => field.type) : [type.element];
    return [message(known, { id: -id, type: typeId.wireType, value: description(id, type) })].concat(
      parts.flatMap(definitions),
    );
  };

  return {
    encode: (id, value) => {
      const own = message(known, { id, type: id, value });
      const defined = definitions(id);
      return defined.length === 0 ? own : Buffer.concat([...defined, own]);
    },
  };
}

interface Message {
  /** The type's id, negative for its definition. */
  readonly id: number;
  readonly type: number;
  readonly value: GobStruct;
}

function message(types: ReadonlyMap<number, GobType>, { id, type, value }: Message): Buffer {
  const sink = createSink();
  sink.signed(id);
  encodeValue({ types, sink }, type, value);
  return sink.framed();
}

function description(id: number, type: StructType | SliceType): GobStruct {
  const common = { Name: type.name, Id: id };
  if (type.kind === 'slice') return { SliceT: { CommonType: common, Elem: type.element } };
  const fields = type.fields.map((field) => ({ Name: field.name, Id: field.type }));
  return { StructT: { CommonType: common, Field: fields } };
}

/** Where a message's values go. */
interface Output {
  readonly types: ReadonlyMap<number, GobType>;
  readonly sink: ByteSink;
}

function encodeValue(output: Output, id: number, value: GobValue): void {
  const { types, sink } = output;
  const type = types.get(id);
  if (type?.kind === 'struct' && isStruct(value)) {
    encodeStruct(output, type, value);
  } else if (type?.kind === 'slice' && isList(value)) {
    sink.unsigned(value.length);
    for (const element of value) encodeValue(output, type.element, element);
  } else if (type === undefined || !encodeScalar(sink, type.kind, value)) {
    throw new GobError(`cannot write a ${typeof value} as the type ${id}`);
  }
}

/** Writes a value of no parts; returns false if it is of another kind. */
function encodeScalar(sink: ByteSink, kind: GobType['kind'], value: GobValue): boolean {
  switch (kind) {
    case 'string':
      if (typeof value === 'string') sink.text(value);
      return typeof value === 'string';
    case 'bytes':
      if (Buffer.isBuffer(value)) sink.bytes(value);
      return Buffer.isBuffer(value);
    case 'bool':
      if (typeof value === 'boolean') sink.unsigned(value ? 1 : 0);
      return typeof value === 'boolean';
    case 'int':
    case 'uint':
      if (typeof value === 'number') sink[kind === 'int' ? 'signed' : 'unsigned'](value);
      return typeof value === 'number';
    case 'float':
    case 'complex':
    case 'opaque':
    case 'struct':
    case 'slice':
    case 'map':
      return false;
  }
}

/** Fields as the distance from the last one and the value; zero values are left out. */
function encodeStruct(output: Output, type: StructType, value: GobStruct): void {
  let last = -1;
  for (const [index, field] of type.fields.entries()) {
    const content = value[field.name];
    if (content === undefined || isZero(content)) continue;
    output.sink.unsigned(index - last);
    encodeValue(output, field.type, content);
    last = index;
  }
  output.sink.unsigned(0);
}

function isZero(value: GobValue): boolean {
  if (typeof value === 'object') return (Buffer.isBuffer(value) || isList(value)) && value.length === 0;
  return value === false || value === 0 || value === '';
}
