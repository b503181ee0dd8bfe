import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { ScalarType } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { ODD_TEXTS } from './mutations.js';

/** One field as it goes onto the wire. */
type Write = (writer: BinaryWriter) => void;

const text = fc.oneof(
  fc.constantFrom(
    'usd',
    'KIN',
    'shop.example',
    'https://shop.example/',
    'Messaging',
    'sendMessage',
  ),
  fc.constantFrom(...ODD_TEXTS).map((odd) => odd.toWellFormed()),
);
/** Of a key, an id, a signature and a payload, and such as are none. */
const bytes = fc
  .constantFrom(32, 64, 20, 11, 0, 1, 31, 33)
  .chain((length) => fc.uint8Array({ minLength: length, maxLength: length }));
const whole = fc.oneof(
  fc.constantFrom(0, 1, 2, 840, 2 ** 31 - 1, -1, -(2 ** 31)),
  fc.integer({ min: 0, max: 300 }),
);
const double = fc.oneof(fc.constantFrom(0, 0.05, 10, 1e308, -1, Number.NaN, 5e-324), fc.double());

/** How many messages lie in each other: those of the contract have four. */
const DEPTH_MAX = 4;

/**
 * Encoded messages of a descriptor: fields that it has, by chance left out, doubled and out of
 * their order, each of its type, with values that mean something here.
 */
export function protoBytes(desc: DescMessage, depth = 0): fc.Arbitrary<Uint8Array> {
  const writes = desc.fields.map((field) => fieldOf(field, depth));
  const some =
    writes.length === 0 ? fc.constant([]) : fc.array(fc.oneof(...writes), { maxLength: 6 });
  return some.map((fields) => {
    const writer = new BinaryWriter();
    for (const write of fields) write(writer);
    return writer.finish();
  });
}

function fieldOf(field: DescField, depth: number): fc.Arbitrary<Write> {
  const { number } = field;
  const delimited =
    (value: Uint8Array): Write =>
    (writer) =>
      void writer.tag(number, WireType.LengthDelimited).bytes(value);
  if (field.message !== undefined)
    return depth < DEPTH_MAX
      ? protoBytes(field.message, depth + 1).map(delimited)
      : fc.constant(delimited(new Uint8Array()));
  switch (field.scalar) {
    case ScalarType.STRING:
      return text.map((value) => delimited(new TextEncoder().encode(value)));
    case ScalarType.BYTES:
      return bytes.map(delimited);
    case ScalarType.DOUBLE:
      return double.map(
        (value) => (writer) => void writer.tag(number, WireType.Bit64).double(value),
      );
    case ScalarType.FLOAT:
      return fc
        .float()
        .map((value) => (writer) => void writer.tag(number, WireType.Bit32).float(value));
    default:
      return whole.map(
        (value) => (writer) => void writer.tag(number, WireType.Varint).int32(value),
      );
  }
}
