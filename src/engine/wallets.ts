import type { Failure } from '../domain/errors.js';
import { airdropEntries } from '../domain/ledger.js';
import {
  INSTALLATION,
  QUARKS_PER_KIN,
  type Submission,
  WALLET_CURRENCY,
  type Wallet,
} from '../domain/rendezvous.js';
import type { SubmissionFault } from '../domain/submission.js';
import { type Command, type Decision, done, type Need, refused } from './command.js';
import type { Work } from './work.js';

/** Domains that one owner can be known to. */
export const RELATIONSHIPS_MAX = 500;

/** What an owner has signed, as it is kept. */
export interface Signed {
  /** The wire's intent id, base58; used once. */
  readonly codeId: string;
  /** Base58; the caller has checked that the signature is this key's. */
  readonly owner: string;
  /** The signed bytes and the signature over them, base64. */
  readonly actions: string;
  readonly signature: string;
}

/** A wallet's fault as a failure of the catalogue. */
export function submissionFailure(fault: SubmissionFault): Failure {
  return { failure: 'submission_refused', ...fault };
}

/** A command that uses an id up, for what is no payment of a request: refused where it is used. */
function usingId<T>(
  codeId: string,
  needs: (need: Need) => void,
  decide: (work: Work) => Decision<T>,
): Command<T> {
  return {
    account: INSTALLATION,
    needs: (need) => {
      need.list('submissions', 'codeId', codeId);
      need('requests', codeId);
      needs(need);
    },
    decide: (work) => {
      if (work.list('submissions', 'codeId', codeId).length > 0)
        return refused(submissionFailure({ fault: 'intent_exists' }));
      if (work.get('requests', codeId) !== null)
        return refused(submissionFailure({ fault: 'id_reserved' }));
      return decide(work);
    },
  };
}

/** Writes down what an owner has signed; what does not apply is empty. */
export function putSubmission(
  work: Work,
  { codeId, owner, actions, signature }: Signed,
  about: Pick<Submission, 'kind'> & Partial<Submission>,
): Submission {
  return work.insert('submissions', {
    account: INSTALLATION,
    id: work.context.newId('sub_', 24),
    codeId,
    owner,
    actions,
    signature,
    source: '',
    destination: '',
    quarks: 0n,
    currency: WALLET_CURRENCY,
    nativeAmount: 0,
    rate: 1,
    fees: [],
    created: work.wallNow(),
    merchant: null,
    intent: null,
    refund: null,
    transfer: null,
    fulfillment: null,
    ...about,
  });
}

function newWallet(work: Work, id: string): Wallet {
  return {
    account: INSTALLATION,
    id,
    owner: null,
    kind: 'destination',
    domain: null,
    balance: 0n,
    created: work.wallNow(),
  };
}

/** Lays changes over a wallet, which may not be stored yet. */
export function putWallet(work: Work, id: string, changes: Partial<Wallet>): Wallet {
  const stored = work.get('wallets', id);
  const next = { ...(stored ?? newWallet(work, id)), ...changes };
  return stored === null ? work.insert('wallets', next) : work.update('wallets', next);
}

/**
 * Adds to wallets' balances, in quarks; a wallet that is not there is opened. Throws where one
 * would be negative: that is to be refused before.
 */
export function moveQuarks(work: Work, moves: readonly (readonly [string, bigint])[]): void {
  const sums = new Map<string, bigint>();
  for (const [wallet, quarks] of moves) sums.set(wallet, (sums.get(wallet) ?? 0n) + quarks);
  for (const [id, quarks] of sums) {
    const balance = (work.get('wallets', id)?.balance ?? 0n) + quarks;
    if (balance < 0n) throw new Error(`wallet ${id} has not got ${-quarks} quarks`);
    putWallet(work, id, { balance });
  }
}

/** Makes an address its owner's, whether or not it was paid to before; null for a taken one. */
function take(work: Work, address: string, as: Pick<Wallet, 'owner' | 'kind' | 'domain'>) {
  const stored = work.get('wallets', address);
  return stored !== null && stored.owner !== null ? null : putWallet(work, address, as);
}

function isPrimary(wallet: Wallet | null, owner: string): boolean {
  return wallet?.owner === owner && wallet.kind === 'primary';
}

/**
 * Opens an owner's primary wallet, whose address is the owner's key; one that is open stays as it
 * is. Errors: submission_refused.
 */
export function openWallet(signed: Signed): Command<Wallet> {
  const { codeId, owner } = signed;
  return usingId(
    codeId,
    (need) => void need('wallets', owner),
    (work) => {
      const stored = work.get('wallets', owner);
      if (stored !== null && isPrimary(stored, owner)) return done(stored);
      const wallet = take(work, owner, { owner, kind: 'primary', domain: null });
      if (wallet === null)
        return refused(submissionFailure({ fault: 'account_taken', address: owner }));
      putSubmission(work, signed, { kind: 'open', destination: owner });
      return done(wallet);
    },
  );
}

/**
 * Opens the wallet that a domain knows an owner by: `address` is its key, by which the caller has
 * a signature. The same once more changes nothing. Errors: submission_refused, limit_reached.
 */
export function openRelationship(
  signed: Signed,
  { domain, address }: { readonly domain: string; readonly address: string },
): Command<Wallet> {
  const { codeId, owner } = signed;
  return usingId(
    codeId,
    (need) => {
      need('wallets', address);
      need.list('wallets', 'owner', owner);
    },
    (work) => {
      const own = work.list('wallets', 'owner', owner);
      const known = own.find((wallet) => wallet.domain === domain);
      if (known?.id === address) return done(known);
      if (known) return refused(submissionFailure({ fault: 'relationship_exists', domain }));
      if (own.length >= RELATIONSHIPS_MAX)
        return refused({ failure: 'limit_reached', what: 'relationships', max: RELATIONSHIPS_MAX });
      const wallet = take(work, address, { owner, kind: 'relationship', domain });
      if (wallet === null) return refused(submissionFailure({ fault: 'account_taken', address }));
      putSubmission(work, signed, { kind: 'relationship', destination: address });
      return done(wallet);
    },
  );
}

/**
 * Gives an owner's primary wallet test money, opening it where need be, as often as it is asked
 * for until the wallet has `balance_quarks_max`. Errors: submission_refused, limit_reached.
 */
export function airdrop(
  signed: Signed,
  { quarks, balance_quarks_max }: { readonly quarks: bigint; readonly balance_quarks_max: bigint },
): Command<Submission> {
  const { codeId, owner } = signed;
  return usingId(
    codeId,
    (need) => void need('wallets', owner),
    (work) => {
      const stored = work.get('wallets', owner);
      if ((stored?.balance ?? 0n) + quarks > balance_quarks_max) {
        const max = Number(balance_quarks_max);
        return refused({ failure: 'limit_reached', what: 'quarks of test money', max });
      }
      const as = { owner, kind: 'primary', domain: null } as const;
      if (!isPrimary(stored, owner) && take(work, owner, as) === null)
        return refused(submissionFailure({ fault: 'account_taken', address: owner }));
      const submission = putSubmission(work, signed, {
        kind: 'airdrop',
        destination: owner,
        quarks,
        nativeAmount: Number(quarks) / QUARKS_PER_KIN,
      });
      moveQuarks(work, [[owner, quarks]]);
      const transfer = work.post({
        kind: 'airdrop',
        intent: '',
        source: submission.id,
        amount: quarks,
        currency: WALLET_CURRENCY,
        lines: airdropEntries(owner, quarks),
      });
      return done(work.update('submissions', { ...submission, transfer: transfer.id }));
    },
  );
}
