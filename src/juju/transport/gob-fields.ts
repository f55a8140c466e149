import type { GobStruct, GobValue } from './gob-types.ts';
import { GobError } from './gob-wire.ts';

/**
 * The fields of a decoded struct, each by its type. One that is not there is zero, since gob leaves those out. The
 * methods throw GobError for a field of another type.
 */
export interface GobFields {
  text(name: string): string;
  number(name: string): number;
  flag(name: string): boolean;
  bytes(name: string): Buffer;
  texts(name: string): readonly string[];
  /** A struct within this one; undefined if it is not there. */
  struct(name: string): GobFields | undefined;
  structs(name: string): readonly GobFields[];
}

/** The fields of a value that must be a struct. */
export function fieldsOf(value: GobValue | undefined): GobFields {
  if (!isStruct(value)) throw new GobError('cannot read a struct: it is something else');
  const field = <T extends GobValue>(name: string, is: (content: GobValue) => content is T, zero: T): T => {
    const content = value[name] ?? zero;
    if (is(content)) return content;
    throw new GobError(`cannot read ${name}: it is of another type`);
  };
  return {
    text: (name) => field(name, isText, ''),
    number: (name) => field(name, isNumber, 0),
    flag: (name) => field(name, isFlag, false),
    bytes: (name) => field(name, isBytes, nothing),
    texts: (name) => field(name, isTexts, []),
    struct: (name) => (value[name] === undefined ? undefined : fieldsOf(value[name])),
    structs: (name) => field(name, isList, []).map(fieldsOf),
  };
}

const nothing = Buffer.alloc(0);
const isText = (value: GobValue) => typeof value === 'string';
const isNumber = (value: GobValue) => typeof value === 'number';
const isFlag = (value: GobValue) => typeof value === 'boolean';
const isBytes = (value: GobValue) => Buffer.isBuffer(value);

/** Tells a list from the other values. */
export function isList(value: GobValue): value is readonly GobValue[] {
  return Array.isArray(value);
}

function isTexts(value: GobValue): value is readonly string[] {
  return isList(value) && value.every(isText);
}

/** Tells a struct from the other values. */
export function isStruct(value: GobValue | undefined): value is GobStruct {
  const plain = typeof value === 'object' && !isList(value);
  return plain && !Buffer.isBuffer(value) && !(value instanceof Map);
}
