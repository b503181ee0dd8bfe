import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { ConnectError } from '@connectrpc/connect';
import fc from 'fast-check';
import { readBody } from '../../src/api/admin/body.js';
import { AdminRefusal } from '../../src/api/admin/fault.js';
import { decodeInput, SERVICES } from '../../src/api/code/calls.js';
import { openEnvelope } from '../../src/api/code/envelope.js';
import { cursorAt, placeOf } from '../../src/api/dojo/paging.js';
import { Refusal } from '../../src/api/dojo/problem.js';
import { makeSessionTokens } from '../../src/api/dojo/session-token.js';
import { parseFormBytes } from '../../src/api/stripe/form.js';
import { fromBase58, toBase58 } from '../../src/wire/code/base58.js';
import { decodeKikcode, encodeKikcode, KIKCODE_BYTES } from '../../src/wire/code/kikcode.js';
import { decodePayload, encodePayload, PAYLOAD_BYTES } from '../../src/wire/code/payload.js';
import { RequestSchema } from '../../src/wire/code/proto/code/common/v1/common_pb.js';
import { embeddedBytes, withoutField } from '../../src/wire/code/raw-fields.js';
import { readTransaction } from '../../src/wire/code/solana/message.js';
import { nearly, nearlyBytes } from './mutations.js';
import { protoBytes } from './proto-bytes.js';
import { demandCleanPrototypes, demandOwn, type Target, target } from './target.js';

const METHODS = Object.entries(SERVICES).flatMap(([service, { methods }]) =>
  methods.map(({ localName, input }) => ({ name: `${service}.${localName}`, input })),
);

const isSame = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

/** What is decoded can be encoded, and is by then in a form that stays as it is. */
function decoder({ name, input }: (typeof METHODS)[number]): Target {
  return target(`messages of ${name}`, nearlyBytes(protoBytes(input)), (bytes) => {
    try {
      const once = toBinary(input, decodeInput({ name, input }, bytes));
      return isSame(once, toBinary(input, fromBinary(input, once)));
    } catch (error) {
      return demandOwn(error, ConnectError);
    }
  });
}

const payload = fc.uint8Array({ minLength: PAYLOAD_BYTES, maxLength: PAYLOAD_BYTES });
const kinds = payload.map((bytes) => {
  bytes[0] = (bytes[0] ?? 0) % 7;
  return bytes;
});
const json = fc
  .jsonValue({ maxDepth: 3 })
  .map((value) => JSON.stringify({ value, __proto__: null }));
const deep = fc
  .tuple(fc.constantFrom('[', '{"a":', '{"__proto__":'), fc.nat({ max: 2_000 }))
  .map(([open, depth]) => open.repeat(depth));

const tokens = makeSessionTokens(Buffer.alloc(32, 7));
const session = { account: 'acct_1', subject: 'pi_1', tries: 1, expiresAt: 2_000_000_000 };
const token = tokens.issue(session);

/** A legacy message of two accounts and one instruction, behind one signature. */
const transaction = fc
  .tuple(fc.uint8Array({ minLength: 96, maxLength: 96 }), fc.uint8Array({ maxLength: 40 }))
  .map(([keys, data]) =>
    Uint8Array.of(
      ...[1, ...new Uint8Array(64), 1, 0, 1, 2, ...keys, 1, 1, 1, 0],
      ...[data.length, ...data],
    ),
  );

/** Readers of bytes. */
export const BYTE_TARGETS: readonly Target[] = [
  ...METHODS.map(decoder),
  target('envelopes', nearlyBytes(protoBytes(RequestSchema)), (bytes) => {
    try {
      openEnvelope(bytes);
    } catch (error) {
      demandOwn(error, ConnectError);
    }
  }),
  target('fields as they were received', nearlyBytes(protoBytes(RequestSchema)), (bytes) => {
    const found = embeddedBytes(bytes, 4);
    const rest = withoutField(bytes, 4);
    if (found !== null && found.length >= bytes.length) return false;
    return rest === null || (rest.length <= bytes.length && embeddedBytes(rest, 4) === null);
  }),
  target('payloads', kinds, (bytes) => {
    const read = decodePayload(bytes);
    // A tip's name stands before filler, and kinds without a currency have bytes to spare.
    if (read === null || !('currency' in read)) return true;
    return isSame(encodePayload(read), bytes);
  }),
  target('round codes', payload, (bytes) => {
    const read = decodeKikcode(encodeKikcode(bytes));
    return read !== null && isSame(read, bytes);
  }),
  target(
    'round codes, near to right',
    nearlyBytes(payload.map(encodeKikcode)),
    (code) => decodeKikcode(code) === null || code.length === KIKCODE_BYTES,
  ),
  target('base58', fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
    const read = fromBase58(toBase58(bytes), 32);
    return read !== null && isSame(read, bytes);
  }),
  target('base58, near to right', nearly(fc.constant(toBase58(Buffer.alloc(32, 9)))), (text) => {
    const read = fromBase58(text, 32);
    return read === null || toBase58(read) === text;
  }),
  target('transactions', nearlyBytes(transaction), (bytes) => {
    try {
      readTransaction(bytes);
    } catch (error) {
      demandOwn(error, RangeError);
    }
  }),
  target('forms of any bytes', fc.uint8Array({ maxLength: 120 }), (bytes) => {
    const parsed = parseFormBytes(bytes);
    return parsed.ok || parsed.error.message !== '';
  }),
  target('JSON of the admin API', nearly(fc.oneof(json, deep)), (text) => {
    try {
      readBody(Buffer.from(text));
    } catch (error) {
      demandOwn(error, AdminRefusal);
    }
    return demandCleanPrototypes();
  }),
  target('tokens of Dojo', nearly(fc.constant(token)), (text) => {
    const read = tokens.read(text);
    return read === null || (text === token && read.subject === session.subject);
  }),
  target('cursors of Dojo', nearly(fc.constant(cursorAt('pi_1abcdefgh'))), (after) => {
    try {
      return /^\w+$/.test(placeOf({ after }).olderThan ?? '');
    } catch (error) {
      return demandOwn(error, Refusal);
    }
  }),
];
