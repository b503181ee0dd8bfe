import type { HistoryEntry, HistoryKind } from '../domain/history.js';
import type { Intent } from '../domain/intent.js';
import type { Refund } from '../domain/refund.js';

/** What an intent says of itself and its refunds say otherwise; each as a sentence. */
export function historyFaults(intent: Intent, standing: readonly Refund[]): string[] {
  const reversals = standing.filter(({ kind }) => kind === 'reversal').length;
  const faults = partFaults(intent);
  if (reversals !== (intent.reversed === true ? 1 : 0))
    faults.push(`${reversals} reversals stand, and its mark says ${intent.reversed}`);
  if (intent.history !== null) faults.push(...entryFaults(intent, intent.history));
  return faults;
}

function partFaults({ amount, parts }: Intent): string[] {
  if (parts === null) return [];
  const given = [parts.tips, parts.serviceCharge, parts.cashback].map((part) => BigInt(part ?? 0));
  const sum = given.reduce((total, part) => total + part, 0n);
  const faults: string[] = [];
  if (given.some((part) => part < 0n)) faults.push('a part of its amount is negative');
  if (sum > amount) faults.push(`its parts sum to ${sum}, which exceeds ${amount}`);
  return faults;
}

function entryFaults(intent: Intent, history: readonly HistoryEntry[]): string[] {
  const noted = (kind: HistoryKind): bigint =>
    history.reduce((sum, entry) => (entry.kind === kind ? sum + BigInt(entry.amount) : sum), 0n);
  const faults: string[] = [];
  const expectEqual = (what: string, stored: bigint, told: bigint): void => {
    if (stored !== told) faults.push(`${what} is ${stored}, its history tells of ${told}`);
  };
  expectEqual('captured', intent.captured, noted('captured'));
  // What is reversed before it is captured was only held.
  const isHold = intent.captured === 0n;
  expectEqual(
    'refunded',
    intent.refunded,
    noted('refunded') + (isHold ? 0n : noted('reversed')) - noted('refund_failed'),
  );
  if (isHold) expectEqual('released', intent.released, noted('reversed'));
  const isEnd = ({ kind }: HistoryEntry) => kind === 'canceled' || (isHold && kind === 'reversed');
  const ends = history.filter(isEnd).length;
  if (ends !== (intent.state === 'canceled' ? 1 : 0))
    faults.push(`its history tells of ${ends} ends in state ${intent.state}`);
  const tips = history.some(({ tip, amount }) => BigInt(tip ?? 0) > BigInt(amount));
  if (tips) faults.push('a capture is less than its tip');
  return faults;
}
