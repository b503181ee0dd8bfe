import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

const MASTER_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const DIGEST_BYTES = 16;
const FINGERPRINT_CHARS = 16;
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** One key for each purpose, so that what one of them gives away says nothing about another. */
type Purpose =
  | 'vault'
  | 'webhook-secret'
  | 'fingerprint'
  | 'digest'
  | 'key-id'
  | 'sequencer'
  | 'fee-payer'
  | 'session-tokens'
  | 'intent-codes';

/** Everything that the installation's master key is good for. */
export interface Keys {
  /** Encrypts a card number for the row of this id; the text opens nowhere else. */
  seal(plain: string, rowId: string): string;
  /** Throws when the text was changed, belongs to another row or needs a key that is not given. */
  open(sealed: string, rowId: string): string;
  /** As `seal`, under a key of its own, for webhook secrets. */
  sealSecret(plain: string, rowId: string): string;
  /** As `open`, for webhook secrets. */
  openSecret(sealed: string, rowId: string): string;
  /** Whether a sealed text was sealed with the current master, not with one before it. */
  isCurrent(sealed: string): boolean;
  /** 16 characters that are the same for the same card number and do not lead back to it. */
  fingerprint(cardNumber: string): string;
  /** 22 characters that are the same for the same parameters: what idempotency compares. */
  digest(data: string | Uint8Array): string;
  /**
   * 32 bytes of the installation's own: the seed of the ed25519 key that the sequencer signs with
   * or that pays for transactions on a chain, the key of tokens that live for minutes, or that of
   * codes at which wallets pay intents. It stays with the current master.
   */
  seed(purpose: 'sequencer' | 'fee-payer' | 'session-tokens' | 'intent-codes'): Buffer;
}

/**
 * Derives the installation's keys from its master key of 32 random bytes, by HKDF-SHA256.
 * `previous` are the masters used before, newest first: what they sealed still opens, and new
 * seals take the current one. Fingerprints and digests stay with the oldest of all, because they
 * are compared with stored ones; dropping a master from the list ends what it had been used for.
 * Throws when a key has another length or comes twice.
 */
export function deriveKeys(master: Buffer, previous: readonly Buffer[] = []): Keys {
  const masters = [master, ...previous];
  for (const key of masters) {
    if (key.length !== MASTER_BYTES) throw new Error(`a master key has ${MASTER_BYTES} bytes`);
  }
  const oldest = masters.at(-1) ?? master;
  const vault = makeSealer(masters, 'vault');
  const secrets = makeSealer(masters, 'webhook-secret');
  const fingerprintKey = derive(oldest, 'fingerprint');
  const digestKey = derive(oldest, 'digest');
  return {
    seal: vault.seal,
    open: vault.open,
    sealSecret: secrets.seal,
    openSecret: secrets.open,
    isCurrent: vault.isCurrent,
    fingerprint: (cardNumber) =>
      base62(createHmac('sha256', fingerprintKey).update(cardNumber).digest()),
    digest: (data) =>
      createHmac('sha256', digestKey).update(data).digest().toString('base64url', 0, DIGEST_BYTES),
    seed: (purpose) => derive(master, purpose).export(),
  };
}

/** `v1.<key id>.<base64url of nonce, ciphertext and tag>`, with header and row id authenticated. */
function makeSealer(masters: readonly Buffer[], purpose: Purpose) {
  const keys = new Map(masters.map((master) => [keyId(master), derive(master, purpose)]));
  if (keys.size !== masters.length) throw new Error('a master key is given twice');
  const [current] = keys;
  if (current === undefined) throw new Error('there is no master key');
  const [currentId, currentKey] = current;
  const header = `v1.${currentId}.`;

  /** Random nonces are safe for 2^32 seals of a key, far more cards than a rotation period sees. */
  function seal(plain: string, rowId: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', currentKey, nonce);
    cipher.setAAD(Buffer.from(header + rowId));
    const sealed = [nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()];
    return header + Buffer.concat(sealed).toString('base64url');
  }

  function open(sealed: string, rowId: string): string {
    const [version, id = '', payload = '', ...rest] = sealed.split('.');
    if (version !== 'v1' || rest.length > 0) throw new Error('this is not a sealed text');
    const key = keys.get(id);
    if (key === undefined) throw new Error(`sealed with key ${id.slice(0, 8)}, which is not given`);
    const bytes = Buffer.from(payload, 'base64url');
    // Decoding skips what is not base64url: only the one spelling that `seal` writes is accepted.
    if (bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== payload) {
      throw new Error('a sealed text is damaged');
    }
    return decrypt(key, bytes, `v1.${id}.${rowId}`);
  }

  return { seal, open, isCurrent: (sealed: string) => sealed.startsWith(header) };
}

function decrypt(key: KeyObject, bytes: Buffer, bound: string): string {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(bound));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const plain = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([plain, decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new Error('a sealed text was changed or belongs to another row', { cause });
  }
}

/** Eight hexadecimal digits that name a master key and tell nothing about it. */
function keyId(master: Buffer): string {
  return derive(master, 'key-id').export().toString('hex', 0, 4);
}

function derive(master: Buffer, purpose: Purpose): KeyObject {
  const bytes = hkdfSync('sha256', master, '', `tender/${purpose}/v1`, MASTER_BYTES);
  return createSecretKey(Buffer.from(bytes));
}

/** 128 bits onto 62^16 leave a bias of 2^-33: none that a fingerprint could show. */
function base62(mac: Buffer): string {
  let rest = mac.readBigUInt64BE(0) * 2n ** 64n + mac.readBigUInt64BE(8);
  let text = '';
  for (let at = 0; at < FINGERPRINT_CHARS; at += 1) {
    text += BASE62.charAt(Number(rest % 62n));
    rest /= 62n;
  }
  return text;
}
