import { generateMnemonic, mnemonicToSeedWebcrypto, validateMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import {
  type Curve,
  mac,
  macKey,
  type OpaqueKey,
  opaquePair,
  opaqueSigner,
  type Signer,
  webCurve,
} from './curve.js';
import { WalletError } from './errors.js';

/** All that a wallet can do with its keys, and no way to read them. */
export interface WalletKeys {
  /** The wallet's own key; its public half is the wallet's address. */
  readonly owner: Signer;
  readonly curve: Curve;
  /**
   * The key that one domain knows the wallet by. The same phrase gives the same key for the same
   * domain, and nobody can tell that two of them belong together.
   * @param domain its base: lower case, two labels
   */
  relationship(domain: string): Promise<Signer>;
}

/** What a browser keeps of a wallet: usable, cloneable into IndexedDB, and not readable. */
export interface StoredKeys {
  readonly owner: OpaqueKey;
  readonly ownerPublic: Uint8Array;
  /** What the keys for domains are made from. */
  readonly domains: OpaqueKey;
}

/** As Solana's wallets derive their first key, and beside it what the domains' keys come from. */
const OWNER_PATH = [44, 501, 0, 0];
const DOMAINS_PATH = [44, 501, 0, 1];
const PHRASE_BITS = 128;
const HARDENED = 0x80000000;
const SEED_BYTES = 32;

/** Twelve new words (BIP-39, English, 128 random bits). */
export function newPhrase(): string {
  return generateMnemonic(wordlist, PHRASE_BITS);
}

/**
 * A recovery phrase as it is kept: lower case, one space between words.
 * @returns null where it is none, whether by a wrong word or by its checksum
 */
export function normalPhrase(text: string): string | null {
  const phrase = text.normalize('NFKD').trim().toLowerCase().split(/\s+/).join(' ');
  return validateMnemonic(phrase, wordlist) ? phrase : null;
}

/**
 * The keys of a recovery phrase, held in memory.
 * Throws WalletError `unreadable` where the phrase is none.
 * @param curve how to sign; WebCrypto's unless told otherwise
 */
export async function keysFromPhrase(phrase: string, curve = webCurve): Promise<WalletKeys> {
  const seed = await seedOf(phrase);
  const owner = await curve.signerOf(await derive(seed, OWNER_PATH));
  const domains = await macKey('SHA-256', await derive(seed, DOMAINS_PATH));
  return assemble(owner, domains, curve);
}

/**
 * What a browser may keep instead of the phrase. Whoever reads the browser's database can use the
 * keys while having it, but learns neither them nor the phrase.
 * Throws WalletError `unreadable` where the phrase is none.
 */
export async function storedKeys(phrase: string): Promise<StoredKeys> {
  const seed = await seedOf(phrase);
  const { privateKey, publicKey } = await opaquePair(await derive(seed, OWNER_PATH));
  const domains = await macKey('SHA-256', await derive(seed, DOMAINS_PATH));
  return { owner: privateKey, ownerPublic: publicKey, domains };
}

/** The keys that were kept. */
export function keysFromStored({ owner, ownerPublic, domains }: StoredKeys): WalletKeys {
  return assemble(opaqueSigner(owner, ownerPublic), domains, webCurve);
}

function assemble(owner: Signer, domains: OpaqueKey, curve: Curve): WalletKeys {
  return {
    owner,
    curve,
    relationship: async (domain) =>
      curve.signerOf(await mac(domains, new TextEncoder().encode(domain))),
  };
}

async function seedOf(text: string): Promise<Uint8Array> {
  const phrase = normalPhrase(text);
  if (phrase === null) {
    throw new WalletError('unreadable', 'That is no recovery phrase: check its words and order.');
  }
  return mnemonicToSeedWebcrypto(phrase);
}

/**
 * A child key by SLIP-0010 for ed25519, where every step is a hardened one.
 * @param seed of the master key, 16 to 64 bytes
 * @param path indexes without their hardened bit
 * @returns the child's 32-byte seed
 */
export async function derive(seed: Uint8Array, path: readonly number[]): Promise<Uint8Array> {
  let node = await mac(await macKey('SHA-512', new TextEncoder().encode('ed25519 seed')), seed);
  for (const index of path) {
    const data = new Uint8Array(1 + SEED_BYTES + 4);
    data.set(node.subarray(0, SEED_BYTES), 1);
    new DataView(data.buffer).setUint32(1 + SEED_BYTES, HARDENED + index);
    node = await mac(await macKey('SHA-512', node.subarray(SEED_BYTES)), data);
  }
  return node.subarray(0, SEED_BYTES);
}
