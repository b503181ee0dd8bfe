import type { Attempt } from '../../../domain/attempt.js';
import type { CardMachine } from '../../../domain/card-machine.js';
import type { Intent } from '../../../domain/intent.js';
import type { TerminalSession } from '../../../domain/terminal.js';
import { soldOf } from '../../../engine/amount-parts.js';
import { readMoney } from '../../receipt-letter.js';
import type { WireObject } from '../request.js';
import { maskedNumber, readingOf, schemeOf } from './card.js';
import { wireTime } from './time.js';

/** What a receipt is written from. */
export interface Receipted {
  readonly session: TerminalSession;
  readonly businessName: string;
  readonly machine: CardMachine;
  readonly intent: Intent | null;
  /** What was paid with, or paid back to; null where no card is known. */
  readonly attempt: Attempt | null;
  /** Minor units, null where it is not known. */
  readonly amount: bigint | null;
}

/** Characters on a line of a card machine's paper. */
const LINE_CHARS = 24;

type Size = 'SizeHeader1' | 'SizeBody';

function line(value: string, size: Size = 'SizeBody', emphasisBold = false): WireObject {
  return { lineType: 'Text', text: { value, size, align: 'AlignLeft', emphasisBold } };
}

function sum(name: string, amount: bigint, currency: string): string {
  return name.padEnd(LINE_CHARS - readMoney(0n, currency).length) + readMoney(amount, currency);
}

const TITLES: Readonly<Record<TerminalSession['task']['kind'], string>> = {
  sale: 'SALE',
  matched_refund: 'REFUND',
  unlinked_refund: 'REFUND',
};

/** What a card machine prints once a session has ended with an answer of the bank. */
export function receiptView(receipted: Receipted, copy: 'customer' | 'merchant'): WireObject {
  const { session, businessName, machine, attempt } = receipted;
  const isSigned = machine.verification === 'signature' && copy === 'merchant';
  const code = attempt?.approval?.authorizationCode;
  return {
    lines: [
      line(businessName, 'SizeHeader1', true),
      line(`TID:****${machine.tid.slice(-4)}`),
      ...cardLines(attempt),
      line(TITLES[session.task.kind]),
      ...sumLines(receipted),
      line(session.state === 'declined' ? 'DECLINED' : 'SUCCESSFUL', 'SizeBody', true),
      ...(isSigned ? [line('SIGNED BY THE CARDHOLDER')] : []),
      line(wireTime(session.updated)),
      ...(code === undefined ? [] : [line(`AUTH CODE:${code}`)]),
      { lineType: 'SingleLineSeperator' },
      line(copy === 'merchant' ? 'MERCHANT COPY' : 'CUSTOMER COPY'),
      line('PLEASE RETAIN RECEIPT'),
    ],
  };
}

const READ_AS: Readonly<Record<string, string>> = {
  Contactless: 'CONTACTLESS',
  ContactChip: 'ICC_CHIP',
  ManualEntry: 'KEYED',
};

function cardLines(attempt: Attempt | null): WireObject[] {
  if (attempt === null || attempt.card === null) return [];
  const { entryMode } = readingOf(attempt);
  const read = entryMode === undefined ? undefined : READ_AS[entryMode];
  return [
    line(schemeOf(attempt.card.brand), 'SizeHeader1', true),
    line(maskedNumber(attempt.card)),
    ...(read === undefined ? [] : [line(read)]),
  ];
}

function sumLines({ session, intent, amount }: Receipted): WireObject[] {
  const { task } = session;
  const { currency } = task;
  const { tips, serviceCharge, cashback } = (task.kind === 'sale' ? intent?.parts : null) ?? {};
  const parts: readonly (readonly [string, string | null | undefined])[] = [
    ['GRATUITY', tips],
    ['SERVICE', serviceCharge],
    ['CASHBACK', cashback],
  ];
  const more = parts.flatMap(([name, part]) =>
    part === null || part === undefined ? [] : [line(sum(name, BigInt(part), currency))],
  );
  const sold =
    more.length === 0 || intent === null ? [] : [line(sum('AMOUNT', soldOf(intent), currency))];
  const total = amount === null ? [] : [line(sum('TOTAL', amount, currency), 'SizeHeader1', true)];
  return [...sold, ...more, ...total];
}
