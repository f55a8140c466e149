/** A decoded value. A struct is a record of its fields that are not zero, since gob leaves the others out. */
export type GobValue =
  | boolean
  | number
  | bigint
  | string
  | Buffer
  | readonly GobValue[]
  | ReadonlyMap<GobValue, GobValue>
  | GobStruct;

/** A struct's fields by name. */
export interface GobStruct {
  readonly [field: string]: GobValue;
}

/** Kinds of values that consist of no others. `opaque` is what a type of Go wrote by its own means. */
export type ScalarKind = 'bool' | 'int' | 'uint' | 'float' | 'bytes' | 'string' | 'complex' | 'opaque';

/** A struct's layout; other types are named by their ids. */
export interface StructType {
  readonly kind: 'struct';
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly type: number }[];
}

/** A list's layout; an array of Go is written as a slice is. */
export interface SliceType {
  readonly kind: 'slice';
  readonly name: string;
  readonly element: number;
}

/** How values of a type are written. */
export type GobType =
  | { readonly kind: ScalarKind }
  | StructType
  | SliceType
  | { readonly kind: 'map'; readonly key: number; readonly element: number };

/** Types by their ids, as one stream has defined them. */
export type TypeTable = ReadonlyMap<number, GobType>;

/** Ids of the types that every stream knows (Go: encoding/gob/type.go). */
export const typeId = {
  bool: 1,
  int: 2,
  uint: 3,
  float: 4,
  bytes: 5,
  string: 6,
  complex: 7,
  wireType: 16,
  firstDefined: 64,
} as const;

const [arrayType, commonType, sliceType, structType, fieldType, fieldTypes, mapType, ownType] = [
  17, 18, 19, 20, 21, 22, 23, 24,
];

/** What every stream knows: the scalars, and the types that describe types (Go: encoding/gob/type.go). */
export const builtInTypes: TypeTable = new Map<number, GobType>([
  [typeId.bool, { kind: 'bool' }],
  [typeId.int, { kind: 'int' }],
  [typeId.uint, { kind: 'uint' }],
  [typeId.float, { kind: 'float' }],
  [typeId.bytes, { kind: 'bytes' }],
  [typeId.string, { kind: 'string' }],
  [typeId.complex, { kind: 'complex' }],
  [
    typeId.wireType,
    struct('wireType', {
      ArrayT: arrayType,
      SliceT: sliceType,
      StructT: structType,
      MapT: mapType,
      GobEncoderT: ownType,
      BinaryMarshalerT: ownType,
      TextMarshalerT: ownType,
    }),
  ],
  [arrayType, struct('arrayType', { CommonType: commonType, Elem: typeId.int, Len: typeId.int })],
  [commonType, struct('CommonType', { Name: typeId.string, Id: typeId.int })],
  [sliceType, struct('sliceType', { CommonType: commonType, Elem: typeId.int })],
  [structType, struct('structType', { CommonType: commonType, Field: fieldTypes })],
  [fieldType, struct('fieldType', { Name: typeId.string, Id: typeId.int })],
  [fieldTypes, { kind: 'slice', name: '[]fieldType', element: fieldType }],
  [mapType, struct('mapType', { CommonType: commonType, Key: typeId.int, Elem: typeId.int })],
  [ownType, struct('gobEncoderType', { CommonType: commonType })],
]);

/** A struct type of these fields, in this order. */
export function struct(name: string, fields: Readonly<Record<string, number>>): StructType {
  return {
    kind: 'struct',
    name,
    fields: Object.entries(fields).map(([field, type]) => ({ name: field, type })),
  };
}
