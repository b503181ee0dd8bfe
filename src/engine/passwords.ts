import { randomBytes, scrypt } from 'node:crypto';
import { isSameSecret } from './same-secret.js';

/** OWASP's first choice for scrypt: 128 MB a try, some tenths of a second. */
const COST = { N: 2 ** 17, r: 8, p: 1 } as const;
const MEMORY_BYTES_MAX = 256 * 1024 * 1024;
const HASH_BYTES = 32;
const SALT_BYTES = 16;

/** Shorter passwords are refused; longer than the most are, too, since each byte is hashed. */
export const PASSWORD_CHARS_MIN = 12;
export const PASSWORD_CHARS_MAX = 200;

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

function digestOf(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  const options = { ...cost, maxmem: MEMORY_BYTES_MAX };
  // One spelling of what looks the same, whichever keyboard it was typed on (NIST SP 800-63B).
  const text = password.normalize('NFKC');
  return new Promise((resolve, reject) => {
    scrypt(text, salt, HASH_BYTES, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

/** What is kept of a password: scrypt with its cost, so that a later one may cost more. */
export async function hashPassword(password: string, cost: Cost = COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await digestOf(password, salt, cost);
  const { N, r, p } = cost;
  return ['scrypt', N, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

const STORED = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]+)$/;

/**
 * Whether a password is the one that is kept. Where none is kept the same work is done for
 * nothing, so that the time does not tell which addresses are known.
 */
export async function isPassword(
  password: string,
  kept: string | null,
  usual: Cost = COST,
): Promise<boolean> {
  const [, N, r, p, salt, hash] = STORED.exec(kept ?? '') ?? [];
  if (salt === undefined || hash === undefined) {
    await digestOf(password, Buffer.alloc(SALT_BYTES), usual);
    return false;
  }
  const expected = Buffer.from(hash, 'base64url');
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const own = await digestOf(password, Buffer.from(salt, 'base64url'), cost);
  return isSameSecret(own, expected);
}
