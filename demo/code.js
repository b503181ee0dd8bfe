/**
 * Payments from Code wallets, with nothing but `fetch` and what Node brings: a request is a few
 * bytes of protobuf, signed by a key that follows from what is asked for. Shops that have the
 * browser script alone need none of this; a shop that makes the request on its server decides
 * itself who is paid.
 */
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';

/** @typedef {{ id: string, clientSecret: string }} CodeIntent */

const GBP = 46;
const CALL_MS_MAX = 5000;
const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
/** What stands before the seed in PKCS #8 (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * Makes the request for an order and hands it to the sequencer. The id is the request's everywhere;
 * the client secret goes to the page, whose button is then for this very request.
 * @param {string} api origin of the payment API
 * @param {{ pence: number, destination: string }} order in pounds
 * @returns {Promise<CodeIntent>}
 */
export async function createCodeIntent(api, { pence, destination }) {
  const nonce = randomBytes(11);
  // Kind 2, a request for a payment; the currency; the amount; the nonce.
  const payload = Buffer.alloc(20);
  payload[0] = 2;
  payload[1] = GBP;
  payload.writeUIntLE(pence, 2, 6);
  nonce.copy(payload, 9);
  const rendezvous = keyOf(createHash('sha256').update(payload).digest());
  const amount = Buffer.alloc(8);
  amount.writeDoubleLE(pence / 100);
  const money = Buffer.concat([field(1, Buffer.from('gbp')), Buffer.of(0x11), amount]);
  const bill = Buffer.concat([field(1, field(1, fromBase58(destination))), field(3, money)]);
  const id = toBase58(rendezvous.publicKey);
  await call(`${api}/v1/createIntent`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      intent: id,
      message: bill.toString('base64url'),
      signature: toBase58(sign(null, field(5, bill), rendezvous.privateKey)),
      webhook: null,
    }),
  });
  return { id, clientSecret: toBase58(nonce) };
}

/** Whether an intent is paid. @param {string} api @param {string} id */
export async function isCodeIntentPaid(api, id) {
  const { status } = await call(`${api}/v1/getStatus?intent=${id}`, {});
  return status === 'SUBMITTED';
}

/**
 * The account that wallets pay to. What is paid there is this shop's: its key has claimed it.
 * @param {string} api @param {string} secretKey
 * @returns {Promise<string>} its address
 */
export async function claimDestination(api, secretKey) {
  // The same after every start; a real shop names the address of its own wallet.
  const seed = createHash('sha256').update(`the till of ${secretKey}`).digest();
  const address = toBase58(keyOf(seed).publicKey);
  await call(`${api}/admin/code/destinations/${address}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${secretKey}` },
  });
  return address;
}

/** @param {string} url @param {RequestInit} init @returns {Promise<Record<string, unknown>>} */
async function call(url, init) {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(CALL_MS_MAX) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${new URL(url).pathname}: ${response.status} ${text}`);
  return JSON.parse(text);
}

/** The ed25519 key pair of a seed. @param {Buffer} seed */
function keyOf(seed) {
  const der = Buffer.concat([PKCS8_HEAD, seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return { privateKey, publicKey: spki.subarray(-32) };
}

/** A field of protobuf that has a length; all here are shorter than 128 bytes. */
function field(/** @type {number} */ number, /** @type {Buffer} */ value) {
  return Buffer.concat([Buffer.of((number << 3) | 2, value.length), value]);
}

/** @param {Buffer} bytes */
function toBase58(bytes) {
  let value = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (; value > 0n; value /= 58n) text = ALPHABET.charAt(Number(value % 58n)) + text;
  // Zeros in front have no digits of their own.
  for (const byte of bytes) {
    if (byte !== 0) break;
    text = `1${text}`;
  }
  return text;
}

/** The 32 bytes of an address. @param {string} text */
function fromBase58(text) {
  let value = 0n;
  for (const character of text) value = value * 58n + BigInt(ALPHABET.indexOf(character));
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
}
