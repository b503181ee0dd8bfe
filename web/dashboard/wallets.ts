import type { WalletsView } from '../../src/api/admin/schema.js';
import { element } from '../frames/elements.js';
import { digitsOf } from '../ui/currency-digits.js';
import type { Place } from './app.js';
import { money, type Status, wordOf } from './format.js';
import { copyable, emptyState, headOf, link, pill, section, table, time } from './parts.js';

type Payment = WalletsView['payments'][number];

/** Quarks in a kin; a payment of a wallet is counted in them. */
const QUARKS_PER_KIN = 100_000n;

/** Quarks as kin, to the last digit. */
export function kinOf(quarks: string): string {
  const all = BigInt(quarks);
  const rest = String(all % QUARKS_PER_KIN)
    .padStart(5, '0')
    .replace(/0+$/, '');
  return `${all / QUARKS_PER_KIN}${rest === '' ? '' : `.${rest}`} kin`;
}

/** How far the money is: moved in our own books at once, or by a chain that takes its time. */
const SETTLEMENTS: Readonly<Record<NonNullable<Payment['settlementState']> | '', Status>> = {
  '': { shape: '●', word: 'On the ledger', look: 'good' },
  pending: { shape: '◌', word: 'Settling', look: 'attention' },
  confirmed: { shape: '●', word: 'Settled', look: 'good' },
  failed: { shape: '▲', word: 'Failed', look: 'failure' },
};

/** Where wallets pay to, what they have paid, and how far that is settled. */
export const walletsPlace: Place = async (app) => {
  const { destinations, payments } = await app.calls.wallets();
  const empty = emptyState(
    'No destination yet',
    'Wallets pay requests of the Code dialect to an address of yours. A destination is claimed ' +
      'by the first request that names it, or by a call of /admin/code/destinations; ' +
      'what wallets have paid to it is listed here.',
  );
  const claimed = table(
    'Destinations',
    [
      { name: 'Address', cell: ({ address }) => copyable(address, app.say) },
      { name: 'Claimed by', cell: ({ proof }) => wordOf(proof) },
      { name: 'Since', cell: ({ createdMs }) => time(createdMs) },
    ],
    destinations,
  );
  const paid = table<Payment>(
    'Payments by wallets',
    [
      { name: 'Time', cell: ({ atMs }) => time(atMs) },
      { name: 'Amount', cell: shownAmount, isFigure: true },
      { name: 'Moved', cell: ({ quarks }) => kinOf(quarks), isFigure: true },
      {
        name: 'Settlement',
        cell: ({ settlementState }) => pill(SETTLEMENTS[settlementState ?? '']),
      },
      {
        name: 'Transaction',
        cell: ({ transaction }) => (transaction === null ? '–' : copyable(transaction, app.say)),
      },
      {
        name: 'Payment',
        cell: ({ intent }) => (intent === '' ? '–' : link(`/intents/${intent}`, intent)),
      },
    ],
    payments,
  );
  const none = element('p', { class: 'soft' }, 'No wallet has paid yet.');
  const content =
    destinations.length === 0
      ? [empty]
      : [
          section('Destinations', claimed),
          section('Latest payments', payments.length === 0 ? none : paid),
        ];
  return { title: 'Wallets', node: element('div', {}, headOf('Wallets'), ...content) };
};

function shownAmount({ nativeAmount, currency }: Payment): string {
  return money({ value: nativeAmount * 10 ** digitsOf(currency), currency });
}
