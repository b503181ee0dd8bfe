import { PAYLOAD_BYTES } from './payload.js';

/** Bytes of an encoded payload: 13 of error correction, then 22 of data. */
export const KIKCODE_BYTES = 35;

/** Before the payload: the type "remote", no colour, no extra bits. */
const HEAD = [0x02, 0x00];
const CHECK_BYTES = 13;

/** GF(256) over x^8 + x^4 + x^3 + x^2 + 1, by logarithms to the base 2. */
const FIELD_POLYNOMIAL = 0x11d;
const EXPONENTS = new Uint8Array(255);
const LOGARITHMS = new Uint8Array(256);
for (let power = 0, value = 1; power < 255; power += 1) {
  EXPONENTS[power] = value;
  LOGARITHMS[value] = power;
  value <<= 1;
  if (value > 255) value ^= FIELD_POLYNOMIAL;
}

function times(a: number, b: number): number {
  if (a === 0 || b === 0) return 0;
  return EXPONENTS[((LOGARITHMS[a] ?? 0) + (LOGARITHMS[b] ?? 0)) % 255] ?? 0;
}

/**
 * The generator, its leading 1 left out. A Reed-Solomon code of 12 check bytes has the roots 2^0 to
 * 2^11; the published encoder begins its list of generators one too late and so has the root 1
 * twice. Wallets read that, so it is what a code is.
 */
const GENERATOR = makeGenerator([0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);

function makeGenerator(rootPowers: readonly number[]): number[] {
  let polynomial = [1];
  for (const power of rootPowers) {
    const root = EXPONENTS[power] ?? 0;
    const longer = [...polynomial, 0];
    polynomial.forEach((coefficient, index) => {
      longer[index + 1] = (longer[index + 1] ?? 0) ^ times(coefficient, root);
    });
    polynomial = longer;
  }
  return polynomial.slice(1);
}

/**
 * The 35 bytes that a round scan code shows for a payload of 20, as the published encoder makes
 * them. Throws RangeError for another length.
 */
export function encodeKikcode(payload: Uint8Array): Uint8Array {
  if (payload.length !== PAYLOAD_BYTES) throw new RangeError('a payload has 20 bytes');
  const code = new Uint8Array(KIKCODE_BYTES);
  code.set(HEAD, CHECK_BYTES);
  code.set(payload, CHECK_BYTES + HEAD.length);
  code.set(remainder(code.subarray(CHECK_BYTES)));
  return code;
}

/** The payload in 35 bytes that were read without a fault; null where they are not such a code. */
export function decodeKikcode(code: Uint8Array): Uint8Array | null {
  if (code.length !== KIKCODE_BYTES) return null;
  const payload = code.slice(CHECK_BYTES + HEAD.length);
  return encodeKikcode(payload).every((byte, index) => byte === code[index]) ? payload : null;
}

/** What is left of the data, moved up by the check bytes, after division by the generator. */
function remainder(data: Uint8Array): Uint8Array {
  const rest = new Uint8Array(CHECK_BYTES);
  for (const byte of data) {
    const factor = byte ^ (rest[0] ?? 0);
    rest.copyWithin(0, 1);
    rest[CHECK_BYTES - 1] = 0;
    GENERATOR.forEach((coefficient, index) => {
      rest[index] = (rest[index] ?? 0) ^ times(coefficient, factor);
    });
  }
  return rest;
}
