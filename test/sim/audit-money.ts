import type { Attempt } from '../../src/domain/attempt.js';
import type { Intent } from '../../src/domain/intent.js';
import type { Transfer } from '../../src/domain/ledger.js';
import type { Refund } from '../../src/domain/refund.js';
import { INSTALLATION } from '../../src/domain/rendezvous.js';
import type { Books } from './books.js';
import type { Commit } from './disk.js';

/**
 * What must be true of money after every commit, from the words of the design alone: none of the
 * engine's own arithmetic is used.
 */

const sum = <T>(list: readonly T[], amountOf: (one: T) => bigint): bigint =>
  list.reduce((total, one) => total + amountOf(one), 0n);

/** What one transfer puts on the ledger: its lines, and whether they are there or only held. */
function linesOf(transfer: Transfer | null): Map<string, [posted: bigint, pending: bigint]> {
  const lines = new Map<string, [bigint, bigint]>();
  if (transfer === null) return lines;
  const { account, currency, kind, state, amount, settled, entries } = transfer;
  for (const [ledgerAccount, text] of entries) {
    const name = JSON.stringify([account, ledgerAccount, currency]);
    const moved = BigInt(text);
    // A hold never posts itself: captures do, and each leaves so much less of it.
    const open = amount - settled;
    const line: [bigint, bigint] =
      kind === 'authorization'
        ? [0n, state === 'pending' ? (moved < 0n ? -open : open) : 0n]
        : [state === 'posted' ? moved : 0n, 0n];
    const known = lines.get(name) ?? [0n, 0n];
    lines.set(name, [known[0] + line[0], known[1] + line[1]]);
  }
  return lines;
}

/** The ledger as its transfers say it is. */
export class Ledger {
  readonly #balances = new Map<string, [bigint, bigint]>();

  /** Takes a commit in; answers what is wrong with its transfers. */
  take({ written, postings }: Commit): string[] {
    const faults: string[] = [];
    const expected = new Map<string, [bigint, bigint]>();
    const add = (lines: ReturnType<typeof linesOf>, sign: bigint): void => {
      for (const [name, [posted, pending]] of lines) {
        const known = expected.get(name) ?? [0n, 0n];
        expected.set(name, [known[0] + sign * posted, known[1] + sign * pending]);
      }
    };
    for (const { table, before, after } of written) {
      if (table !== 'transfers') continue;
      faults.push(...transferFaults(before as Transfer | null, after as Transfer | null));
      add(linesOf(before as Transfer | null), -1n);
      add(linesOf(after as Transfer | null), 1n);
    }
    for (const { account, ledgerAccount, currency, posted, pending } of postings) {
      const name = JSON.stringify([account, ledgerAccount, currency]);
      const known = expected.get(name) ?? [0n, 0n];
      expected.set(name, [known[0] - posted, known[1] - pending]);
      const balance = this.#balances.get(name) ?? [0n, 0n];
      this.#balances.set(name, [balance[0] + posted, balance[1] + pending]);
      if (/^(wallet|cash|applied):/.test(ledgerAccount) && account === INSTALLATION)
        if (balance[0] + posted < 0n) faults.push(`${name} is negative`);
    }
    for (const [name, [posted, pending]] of expected)
      if (posted !== 0n || pending !== 0n)
        faults.push(`${name} is moved by ${posted} and ${pending} less than its transfers say`);
    return faults;
  }

  /** What is posted on one account of the ledger. */
  posted(account: string, ledgerAccount: string, currency: string): bigint {
    return this.#balances.get(JSON.stringify([account, ledgerAccount, currency]))?.[0] ?? 0n;
  }
}

function transferFaults(before: Transfer | null, after: Transfer | null): string[] {
  if (after === null) return ['a transfer was deleted'];
  const { id, kind, state, settled, entries } = after;
  const faults: string[] = [];
  if (sum(entries, ([, amount]) => BigInt(amount)) !== 0n) faults.push(`${id} is not balanced`);
  if (before === null) return faults;
  if (kind !== 'authorization') return [...faults, `${id}, a ${kind}, was changed`];
  if (before.state !== 'pending') faults.push(`${id} was changed once it was ${before.state}`);
  if (settled < before.settled) faults.push(`${id} has un-settled`);
  if (state === 'voided' && settled > 0n) faults.push(`${id} is voided, and partly captured`);
  if (JSON.stringify(entries) !== JSON.stringify(before.entries))
    faults.push(`the lines of ${id} were changed`);
  return faults;
}

const isBack = ({ state }: Refund): boolean => state === 'failed' || state === 'canceled';

/** What is wrong with the money of one intent. */
export function intentMoneyFaults(books: Books, intent: Intent): string[] {
  const { id, amount, authorized, captured, released, refunded, state } = intent;
  const faults: string[] = [];
  const must = (holds: boolean, text: string): void => {
    if (!holds) faults.push(`${id} (${state}): ${text}`);
  };
  const transfers = books.of('transfers', id);
  const attempts = books.of('attempts', id);
  const refunds = books.of('refunds', id);
  const captures = transfers.filter(({ kind }) => kind === 'capture');
  must(captured + released <= authorized, 'more is captured and released than was authorized');
  must(refunded <= captured, 'more is paid back than was paid');
  must(captured <= amount, `${captured} of ${amount} are captured`);
  must(sum(captures, (one) => one.amount) === captured, 'its captures are not what it says');
  const standing = refunds.filter((refund) => !isBack(refund));
  must(sum(standing, (one) => one.amount) === refunded, 'its refunds are not what it says');
  must(sum(attempts, (one) => one.captured) === captured, 'its attempts are captured otherwise');
  must(sum(attempts, (one) => one.refunded) === refunded, 'its attempts are refunded otherwise');
  must(attempts.filter(isPaying).length <= 1, 'it is paid by two attempts');
  must(state !== 'captured' || captured > 0n, 'nothing is captured');
  must(captured === 0n || state === 'captured' || state === 'authorized', 'something is captured');
  const held = transfers.filter((one) => one.kind === 'authorization' && one.state === 'pending');
  const open = sum(held, (one) => one.amount - one.settled);
  const wanted = state === 'authorized' ? authorized - captured - released : 0n;
  must(open === wanted, `${open} are held, and ${wanted} are to be`);
  must(held.length <= 1, 'it has two holds');
  for (const refund of refunds) faults.push(...refundFaults(books, refund));
  for (const { id: dispute } of books.of('disputes', id)) {
    const moves = books.of('transfers', dispute).map(({ kind }) => kind);
    must(new Set(moves).size === moves.length, `${dispute} has moved money twice`);
  }
  return faults;
}

function isPaying({ state, captured }: Attempt): boolean {
  return captured > 0n || state === 'started' || state === 'authorized';
}

function refundFaults(books: Books, refund: Refund): string[] {
  const kinds = books.of('transfers', refund.id).map(({ kind }) => kind);
  const sent = kinds.filter((kind) => kind === 'refund').length;
  const back = kinds.filter((kind) => kind === 'refund_failure').length;
  const faults: string[] = [];
  if (sent !== 1) faults.push(`${refund.id} has sent money ${sent} times`);
  if (back !== (isBack(refund) ? 1 : 0)) faults.push(`${refund.id} has come back ${back} times`);
  return faults;
}
