import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** One field of an encoded message, where it stands in the bytes. */
interface RawField {
  readonly number: number;
  /** From the tag's first byte. */
  readonly start: number;
  /** From the value's first byte; of a length-delimited field, after its length. */
  readonly value: number;
  readonly end: number;
  readonly wireType: WireType;
}

/** The fields of an encoded message in their order; null where the bytes are none. */
function rawFields(bytes: Uint8Array): RawField[] | null {
  const reader = new BinaryReader(bytes);
  const fields: RawField[] = [];
  try {
    while (reader.pos < reader.len) {
      const start = reader.pos;
      const [number, wireType] = reader.tag();
      let value = reader.pos;
      if (wireType === WireType.LengthDelimited) {
        const length = reader.uint32();
        value = reader.pos;
        if (value + length > reader.len) return null;
        reader.pos = value + length;
      } else reader.skip(wireType, number);
      fields.push({ number, start, value, end: reader.pos, wireType });
    }
  } catch {
    return null;
  }
  return reader.pos === reader.len ? fields : null;
}

/**
 * The bytes of an embedded message as they were received, which a signature may be over. Null
 * where the field is not there exactly once: parts of it would be merged when it is decoded, and
 * no one of them is what was decoded.
 */
export function embeddedBytes(bytes: Uint8Array, number: number): Uint8Array | null {
  const found = rawFields(bytes)?.filter((field) => field.number === number) ?? [];
  const [field] = found;
  if (field === undefined || found.length > 1) return null;
  if (field.wireType !== WireType.LengthDelimited) return null;
  return bytes.subarray(field.value, field.end);
}

/** An encoded message without one of its fields, the others as they were; null for no message. */
export function withoutField(bytes: Uint8Array, number: number): Uint8Array | null {
  const fields = rawFields(bytes);
  if (fields === null) return null;
  const kept = fields.filter((field) => field.number !== number);
  const result = new Uint8Array(kept.reduce((sum, { start, end }) => sum + end - start, 0));
  let at = 0;
  for (const { start, end } of kept) {
    result.set(bytes.subarray(start, end), at);
    at += end - start;
  }
  return result;
}
