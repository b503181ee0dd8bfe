import {
  type ChainNonce,
  type Fulfillment,
  INSTALLATION,
  type Submission,
} from '../domain/rendezvous.js';
import type { FulfillmentInput } from '../domain/settlement.js';
import { type Command, done } from './command.js';
import type { Engine } from './engine.js';
import { dueWebhook } from './webhook-due.js';
import type { Work } from './work.js';

/** The transactions that carry submissions out on a chain, and the nonces that they live by. */

/** The id of the job that sends a transaction until its end is known, found from its row. */
export function fulfillmentJobId(fulfillment: string): string {
  return `job_fulfill_${fulfillment}`;
}

/** A nonce that is kept for a transaction which is not written down yet. */
export interface Reserved {
  /** The id that the fulfillment will have. */
  readonly fulfillment: string;
  readonly nonce: string;
  readonly blockhash: string;
}

/** Tells of a nonce account and what it holds; one that is in use stays as it is. */
export function offerNonce(id: string, blockhash: string): Command<ChainNonce> {
  return {
    account: INSTALLATION,
    needs: (need) => void need('nonces', id),
    decide: (work) => {
      const stored = work.get('nonces', id);
      if (stored === null) return done(work.insert('nonces', freeNonce(id, blockhash)));
      if (stored.state !== 'available' || stored.blockhash === blockhash) return done(stored);
      return done(work.update('nonces', freeNonce(id, blockhash)));
    },
  };
}

function freeNonce(id: string, blockhash: string): ChainNonce {
  return {
    account: INSTALLATION,
    id,
    state: 'available',
    blockhash,
    fulfillment: null,
    untilMs: null,
  };
}

/**
 * Keeps a nonce for a transaction that a wallet is to sign: a free one, else one whose reservation
 * is over. Null where all are in use.
 */
export function reserveNonce(reservation_ms: number): Command<Reserved | null> {
  return {
    account: INSTALLATION,
    needs: (need) => {
      // Where processes share the database, rows are locked that are asked for by their ids.
      for (const state of ['available', 'reserved'])
        for (const { id } of need.list('nonces', 'state', state) ?? []) need('nonces', id);
    },
    decide: (work) => {
      const { nowMs } = work.context;
      const lapsed = ({ untilMs }: ChainNonce): boolean => untilMs !== null && untilMs <= nowMs;
      const nonce =
        work.list('nonces', 'state', 'available')[0] ??
        work.list('nonces', 'state', 'reserved').find(lapsed);
      if (nonce === undefined) return done(null);
      const fulfillment = work.context.newId('ful_', 24);
      const untilMs = nowMs + reservation_ms;
      work.update('nonces', { ...nonce, state: 'reserved', fulfillment, untilMs });
      return done({ fulfillment, nonce: nonce.id, blockhash: nonce.blockhash });
    },
  };
}

/** Gives a reservation back; nothing happens where it is over, or has become a fulfillment. */
export function releaseNonce({ nonce, fulfillment }: Reserved): Command<null> {
  return {
    account: INSTALLATION,
    needs: (need) => void need('nonces', nonce),
    decide: (work) => {
      const stored = work.get('nonces', nonce);
      if (stored?.fulfillment === fulfillment && stored.untilMs !== null)
        work.update('nonces', freeNonce(nonce, stored.blockhash));
      return done(null);
    },
  };
}

/**
 * Whether a transaction's nonce is still kept for it. If not, its submission is to be refused as
 * stale: the transaction may not be valid any more. The command has asked for the nonce.
 */
export function isReserved(work: Work, { id, nonce }: FulfillmentInput): boolean {
  const stored = work.get('nonces', nonce);
  return stored?.fulfillment === id && stored.untilMs !== null;
}

/**
 * Writes down the transaction that carries a submission out, and the job that sends it until its
 * end is known. Throws where its nonce is not kept for it: `isReserved` is asked first.
 */
export function fulfill(
  work: Work,
  { id: submission, owner }: Pick<Submission, 'id' | 'owner'>,
  input: FulfillmentInput,
): Fulfillment {
  const nonce = work.get('nonces', input.nonce);
  if (nonce === null || !isReserved(work, input))
    throw new Error(`${input.nonce} is not reserved for ${input.id}`);
  work.update('nonces', { ...nonce, untilMs: null });
  const { id } = input;
  const dueAt = work.wallNow();
  work.schedule({ id: fulfillmentJobId(id), dueAt, kind: 'fulfill', subject: id });
  return work.insert('fulfillments', {
    account: INSTALLATION,
    submission,
    owner,
    state: 'pending',
    created: dueAt,
    tries: 0,
    fault: null,
    ...input,
  });
}

/** Counts a try to send; `fault`: why the chain does not take it, where it has said so. */
export function countTry(id: string, fault: string | null): Command<null> {
  return {
    account: INSTALLATION,
    needs: (need) => void need('fulfillments', id),
    decide: (work) => {
      const row = work.get('fulfillments', id);
      if (row?.state !== 'pending') return done(null);
      work.update('fulfillments', { ...row, tries: row.tries + 1, fault });
      return done(null);
    },
  };
}

/** How a transaction can end: `failed` for one that can never move money any more. */
export type FulfillmentEnd = 'confirmed' | 'failed';

/**
 * Writes down how a transaction ended; the first end stands. Where it has settled a request, its
 * merchant's webhook is called once more. Answers the row as it then is; throws where there is
 * none.
 */
export function endFulfillment(
  id: string,
  state: FulfillmentEnd,
  fault: string | null,
): Command<Fulfillment> {
  return {
    account: INSTALLATION,
    needs: (need) => {
      const row = need('fulfillments', id);
      const submission = row && need('submissions', row.submission);
      if (submission) need('requests', submission.codeId);
    },
    decide: (work) => {
      const row = work.get('fulfillments', id);
      if (row === null) throw new Error(`there is no fulfillment ${id}`);
      if (row.state !== 'pending') return done(row);
      const ended = work.update('fulfillments', { ...row, state, fault });
      const submission = work.get('submissions', row.submission);
      const request = submission && work.get('requests', submission.codeId);
      if (state === 'confirmed' && request) dueWebhook(work, request, 'settled');
      return done(ended);
    },
  };
}

/** Gives the nonce of an ended transaction back, with what it holds now; then its job is done. */
export function renewNonce(fulfillment: string, blockhash: string): Command<null> {
  return {
    account: INSTALLATION,
    needs: (need) => {
      const row = need('fulfillments', fulfillment);
      if (row) need('nonces', row.nonce);
      need('jobs', fulfillmentJobId(fulfillment));
    },
    decide: (work) => {
      const row = work.get('fulfillments', fulfillment);
      if (row === null || row.state === 'pending') return done(null);
      const nonce = work.get('nonces', row.nonce);
      if (nonce?.fulfillment === fulfillment) work.update('nonces', freeNonce(nonce.id, blockhash));
      work.unschedule(fulfillmentJobId(fulfillment));
      return done(null);
    },
  };
}

/** The transaction that carries a submission out, with what it is called on the chain; or null. */
export async function fulfillmentOf(
  engine: Pick<Engine, 'read'>,
  submission: string,
): Promise<Fulfillment | null> {
  return engine.read(
    INSTALLATION,
    (need) => void need.list('fulfillments', 'submission', submission),
    (rows) => rows.list('fulfillments', 'submission', submission)[0] ?? null,
  );
}

/** Pending transactions of one owner that are looked at: nonces allow no more. */
const PENDING_MAX = 1000;

/** The transactions of an owner whose end is not known, in the order in which they are sent. */
export async function pendingOf(
  engine: Pick<Engine, 'page'>,
  owner: string,
): Promise<Fulfillment[]> {
  const newestFirst = await engine.page({
    table: 'fulfillments',
    account: INSTALLATION,
    conditions: [
      { column: 'owner', comparison: 'eq', value: owner },
      { column: 'state', comparison: 'eq', value: 'pending' },
    ],
    limit: PENDING_MAX,
  });
  return newestFirst.reverse();
}

/** What an owner's pending transactions take from its wallet, in quarks. */
export async function outgoingOf(
  engine: Pick<Engine, 'page' | 'read'>,
  owner: string,
): Promise<bigint> {
  const pending = await pendingOf(engine, owner);
  return engine.read(
    INSTALLATION,
    (need) => {
      for (const { submission } of pending) need('submissions', submission);
    },
    (rows) =>
      pending.reduce(
        (sum, { submission }) => sum + (rows.get('submissions', submission)?.quarks ?? 0n),
        0n,
      ),
  );
}
