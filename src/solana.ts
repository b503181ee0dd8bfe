import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config, SolanaConfig } from './config.js';
import type { DataFolder } from './data-folder.js';
import { isFailure } from './domain/errors.js';
import { INSTALLATION } from './domain/rendezvous.js';
import type { Command } from './engine/command.js';
import type { Engine } from './engine/engine.js';
import {
  countTry,
  endFulfillment,
  offerNonce,
  outgoingOf,
  pendingOf,
  releaseNonce,
  renewNonce,
  reserveNonce,
} from './engine/fulfillments.js';
import { deriveKeys } from './engine/keys.js';
import type { Books } from './rails/solana/books.js';
import type { Chain } from './rails/solana/chain.js';
import { SolanaFault } from './rails/solana/fault.js';
import { genesisOf, localMint } from './rails/solana/genesis.js';
import { signerOf } from './rails/solana/keys.js';
import type { SolanaLimits } from './rails/solana/limits.js';
import { openLocalChain } from './rails/solana/local-chain.js';
import { openRpcChain } from './rails/solana/rpc-chain.js';
import { makeSolana, type Solana } from './rails/solana/solana.js';

export interface SolanaSettings {
  readonly config: Exclude<SolanaConfig, { kind: 'off' }>;
  /** Where a local chain is kept; null where the database is a server that others may share. */
  readonly dataFolder: string | null;
  /** The ed25519 seed of the key that pays the chain's fees, 32 bytes. */
  readonly seed: Uint8Array;
  /** Asked for first by `start`: the engine is built with the rail. */
  readonly engine: () => BooksEngine;
  readonly limits: SolanaLimits;
  /** Unix ms. */
  readonly nowMs: () => number;
  readonly logError: (error: unknown, what: string) => void;
}

type BooksEngine = Pick<Engine, 'background' | 'read' | 'page'>;

const LOCAL_FILE = 'solana.jsonl';

/** What the server that a chain is configured for has by then. */
export interface Configured {
  readonly config: Pick<Config, 'mode' | 'solana' | 'limits'>;
  readonly folder: Pick<DataFolder, 'path'> | null;
  /** In hexadecimal. */
  readonly masterKey: string;
  readonly log: Pick<Logger, 'error'>;
  readonly engine: () => BooksEngine;
}

/** The configured chain and what pays on it; null where there is none. Throws SolanaFault. */
export async function openConfigured(configured: Configured): Promise<Solana | null> {
  const { config, folder, masterKey, log, engine } = configured;
  if (config.solana.kind === 'off') return null;
  if (config.solana.kind === 'local' && config.mode === 'live')
    throw new SolanaFault(
      'TENDER_SOLANA=local is for the sandbox: its money is made from nothing.',
    );
  return openSolana({
    config: config.solana,
    dataFolder: folder?.path ?? null,
    seed: deriveKeys(Buffer.from(masterKey, 'hex')).seed('fee-payer'),
    engine,
    limits: config.limits.solana,
    nowMs: Date.now,
    logError: (error, what) => log.error({ err: error }, what),
  });
}

/** Opens a chain and what pays on it. Throws SolanaFault. */
export async function openSolana(settings: SolanaSettings): Promise<Solana> {
  const { config, seed } = settings;
  const mint = config.kind === 'rpc' ? config.mint : localMint(signerOf(seed).address);
  const chain = await openChain(settings);
  const mints = config.kind === 'local';
  return makeSolana({ ...settings, chain, mint, mints, books: booksOf(settings.engine) });
}

async function openChain(settings: SolanaSettings): Promise<Chain> {
  const { config, dataFolder, seed, limits } = settings;
  try {
    if (config.kind === 'rpc') return await openRpcChain({ ...limits, url: config.url });
    if (dataFolder === null)
      throw new SolanaFault('TENDER_SOLANA=local goes with a data folder, not with DATABASE_URL.');
    return await openLocalChain({
      file: join(dataFolder, LOCAL_FILE),
      genesis: genesisOf(signerOf(seed).address),
      limits: limits.local,
    });
  } catch (error) {
    if (error instanceof SolanaFault) throw error;
    throw chainFault(error as NodeJS.ErrnoException);
  }
}

/** Why a chain cannot be opened, in a line that says what to do. */
export function chainFault(error: NodeJS.ErrnoException): SolanaFault {
  const isMissing =
    /MODULE_NOT_FOUND$/.test(error.code ?? '') || /native binding/i.test(error.message);
  const [line = ''] = error.message.split('\n');
  const text = isMissing
    ? 'TENDER_SOLANA needs the optional packages @solana/kit and litesvm, which are not ' +
      'installed or not made for this machine: run npm install --include=optional.'
    : `The chain cannot be opened: ${line}.`;
  return new SolanaFault(text, { cause: error });
}

/** The rail's books, kept by the engine. */
export function booksOf(engine: () => BooksEngine): Books {
  /** Commands of the books have no failures: one that comes is a programming error. */
  async function run<T>(command: Command<T>): Promise<T> {
    const result = await engine().background(command);
    if (typeof result === 'object' && result !== null && isFailure(result))
      throw new Error(`the books refuse: ${result.failure}`);
    return result as T;
  }
  return {
    offer: async (nonce, blockhash) => void (await run(offerNonce(nonce, blockhash))),
    reserve: (reservation_ms) => run(reserveNonce(reservation_ms)),
    release: async (reservation) => void (await run(releaseNonce(reservation))),
    fulfillment: (id) =>
      engine().read(
        INSTALLATION,
        (need) => void need('fulfillments', id),
        (rows) => rows.get('fulfillments', id),
      ),
    firstPending: async (owner) => (await pendingOf(engine(), owner))[0] ?? null,
    outgoing: (owner) => outgoingOf(engine(), owner),
    tried: async (id, fault) => void (await run(countTry(id, fault))),
    end: (id, state, fault) => run(endFulfillment(id, state, fault)),
    renew: async (id, blockhash) => void (await run(renewNonce(id, blockhash))),
    isWallet: (address) =>
      engine().read(
        INSTALLATION,
        (need) => void need('wallets', address),
        (rows) => (rows.get('wallets', address)?.owner ?? null) !== null,
      ),
  };
}
