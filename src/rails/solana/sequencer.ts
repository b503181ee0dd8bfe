import type { Fulfillment } from '../../domain/rendezvous.js';
import { TOKEN_ACCOUNT_PROGRAM, TOKEN_PROGRAM } from '../../wire/code/solana/addresses.js';
import { readTransaction } from '../../wire/code/solana/message.js';
import { readNonce } from './accounts.js';
import type { Books } from './books.js';
import { type Breaker, makeBreaker } from './breaker.js';
import { type Chain, type TransactionFault, TransactionRefused } from './chain.js';
import type { SolanaLimits } from './limits.js';
import type { NoncePool } from './nonce-pool.js';

export interface SequencerDependencies {
  readonly chain: Chain;
  readonly books: Books;
  readonly pool: Pick<NoncePool, 'burn'>;
  readonly limits: SolanaLimits;
  /** Unix ms. */
  readonly nowMs: () => number;
  readonly logError: (error: unknown, what: string) => void;
}

/** How far a transaction has got. */
export interface CarriedOut {
  /** Its row as it now is; `pending`: the end is not known yet, and is to be asked for again. */
  readonly row: Fulfillment;
  /** Nothing is left to be done: its nonce has been given back, too. */
  readonly isDone: boolean;
}

/** Sends what wallets have signed, until its end is known. */
export interface Sequencer {
  /**
   * Sends a transaction, after the owner's earlier ones, and waits for its end. Throws where there
   * is none, or the books cannot be read or written.
   */
  carryOut(id: string): Promise<CarriedOut>;
  readonly breaker: Pick<Breaker, 'isOpen'>;
  /** Begins nothing more, and resolves when what is under way has ended or is left for later. */
  stop(): Promise<void>;
}

/** The token program's number for too little money. */
const INSUFFICIENT_FUNDS = 1;

/** The token account program's number for an account that is not its key's any more. */
const INVALID_OWNER = 0;

/** How a failed transaction is written down where its wallet had too little. */
export const BALANCE_SHORT = 'insufficient_funds';

/** Times in a row that a used nonce and an unknown transaction must be seen together. */
const GONE_SIGHTINGS = 10;

/** How a look at a transaction ends: how it ended, or not known. */
type End = { readonly state: 'confirmed' | 'failed'; readonly fault: string | null };

/** Makes the sequencer; it does nothing until it is told to. */
export function makeSequencer(deps: SequencerDependencies): Sequencer {
  const { books, limits, nowMs, logError } = deps;
  const breaker = makeBreaker({ ...limits, nowMs });
  const stopping = new AbortController();
  const lanes = new Map<string, Promise<unknown>>();

  /** Once, by the breaker's leave. What throws is not known to have failed. */
  async function tryOnce(row: Fulfillment): Promise<Fulfillment> {
    if (stopping.signal.aborted || !breaker.mayTry()) return row;
    try {
      const end = await settleOnChain(deps, row, stopping.signal);
      if (end !== null) {
        breaker.succeeded();
        return await books.end(row.id, end.state, end.fault);
      }
      // Stopping says nothing about the chain.
      if (!stopping.signal.aborted) breaker.failed();
    } catch (error) {
      breaker.failed();
      logError(error, `the end of ${row.id} is not known`);
    }
    return row;
  }

  /** The owner's earlier transactions go first: the chain may need the money in that order. */
  async function inTurn(id: string): Promise<Fulfillment> {
    for (;;) {
      const wanted = await known(books, id);
      if (wanted.state !== 'pending') return wanted;
      const first = (await books.firstPending(wanted.owner)) ?? wanted;
      const after = await tryOnce(first);
      if (first.id === id) return after;
      if (after.state === 'pending') return wanted;
      await renew(deps, after);
    }
  }

  /** One transaction of an owner at a time. */
  async function carryOut(id: string): Promise<CarriedOut> {
    const { owner } = await known(books, id);
    const before = lanes.get(owner) ?? Promise.resolve();
    const turn = before.catch(() => {}).then(() => inTurn(id));
    lanes.set(owner, turn);
    try {
      const row = await turn;
      return { row, isDone: row.state !== 'pending' && (await renew(deps, row)) };
    } finally {
      if (lanes.get(owner) === turn) lanes.delete(owner);
    }
  }

  return {
    carryOut,
    breaker,
    stop: async () => {
      stopping.abort();
      await Promise.allSettled(lanes.values());
    },
  };
}

async function known(books: Books, id: string): Promise<Fulfillment> {
  const row = await books.fulfillment(id);
  if (row === null) throw new Error(`there is no fulfillment ${id}`);
  return row;
}

/** Gives the nonce of an ended transaction back; false where the chain does not say yet. */
async function renew(
  { chain, books, logError }: SequencerDependencies,
  ended: Fulfillment,
): Promise<boolean> {
  try {
    const [account] = await chain.getAccounts([ended.nonce], 'finalized');
    const nonce = readNonce(account ?? null);
    const { lifetime } = readTransaction(Buffer.from(ended.wire, 'base64'));
    if (nonce === null) throw new Error(`the nonce account ${ended.nonce} is gone`);
    if (nonce.blockhash === lifetime) return false;
    await books.renew(ended.id, nonce.blockhash);
    return true;
  } catch (error) {
    // Its job is there until it is done.
    logError(error, `the nonce of ${ended.id} was not given back`);
    return false;
  }
}

/**
 * Sends a transaction until the chain says how it ended; null where that is not known in time.
 * It can happen once only: whatever is sent again is the same bytes, and before it counts as
 * failed the nonce that it lives by has been used up without it.
 */
async function settleOnChain(
  deps: SequencerDependencies,
  row: Fulfillment,
  stopping: AbortSignal,
): Promise<End | null> {
  const { chain, limits, nowMs } = deps;
  const wire = Buffer.from(row.wire, 'base64');
  const { lifetime } = readTransaction(wire);
  const untilMs = nowMs() + limits.chain_confirm_ms_max;
  let why = row.fault;
  let nextSendMs = 0;
  let gone = 0;
  while (!stopping.aborted && nowMs() < untilMs) {
    // First the nonce, then the status: a nonce that ours has used up comes with a status.
    const [account] = await chain.getAccounts([row.nonce], 'finalized');
    const isUsed = readNonce(account ?? null)?.blockhash !== lifetime;
    const status = await chain.getSignatureStatus(row.transaction);
    if (status?.finalized) return endOf(status.fault, wire);
    gone = status === null && isUsed ? gone + 1 : 0;
    if (gone >= GONE_SIGHTINGS)
      return { state: 'failed', fault: why ?? 'its nonce was used without it' };
    if (status === null && !isUsed && nowMs() >= nextSendMs) {
      nextSendMs = nowMs() + limits.chain_resend_ms;
      const fault = await send(deps, row.id, wire);
      if (fault === null) continue;
      why = wordsOf(fault, wire);
      await deps.books.tried(row.id, why);
      await deps.pool.burn(row.nonce, lifetime);
      continue;
    }
    await pause(limits.chain_poll_ms, stopping);
  }
  return null;
}

/**
 * Sends the bytes. Answers why they can never move money, null where they may have or may still;
 * throws where the reason is not the payment's: the chain's state, or the sequencer's own money.
 */
async function send(
  { chain, books }: SequencerDependencies,
  id: string,
  wire: Uint8Array,
): Promise<TransactionFault | null> {
  await books.tried(id, null);
  try {
    await chain.sendTransaction(wire);
    return null;
  } catch (error) {
    if (!(error instanceof TransactionRefused)) throw error;
    const { fault } = error;
    if (fault.reason === 'already_processed' || fault.reason === 'lifetime') return null;
    if (isPayersFault(fault, wire)) return fault;
    throw error;
  }
}

/**
 * Whether the fault is the payment's own: the token program has refused a movement, or a payee has
 * given the account away that it was to be paid into. Were that taken for the chain's fault, it
 * would be sent for ever, and anybody could open the breaker with it.
 */
function isPayersFault(
  { reason, instruction, custom }: TransactionFault,
  wire: Uint8Array,
): boolean {
  if (reason !== 'instruction' || instruction === null) return false;
  const program = readTransaction(wire).programs[instruction];
  return (
    program === TOKEN_PROGRAM || (program === TOKEN_ACCOUNT_PROGRAM && custom === INVALID_OWNER)
  );
}

function endOf(fault: TransactionFault | null, wire: Uint8Array): End {
  if (fault === null) return { state: 'confirmed', fault: null };
  return { state: 'failed', fault: wordsOf(fault, wire) };
}

function wordsOf(fault: TransactionFault, wire: Uint8Array): string {
  const isShort = isPayersFault(fault, wire) && fault.custom === INSUFFICIENT_FUNDS;
  return isShort ? BALANCE_SHORT : fault.text;
}

/** A pause that stopping ends. */
function pause(ms: number, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stopping.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      stopping.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    stopping.addEventListener('abort', end);
  });
}
