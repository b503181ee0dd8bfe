import type { LedgerRow, StatementRow } from '../../src/api/admin/schema.js';
import { element } from '../frames/elements.js';
import type { Place } from './app.js';
import { dayWords, money, wordOf } from './format.js';
import { paged } from './pager.js';
import { copyable, emptyState, headOf, link, table, time } from './parts.js';

/** The ledger's accounts as a person reads them; their names are those of the books. */
const NAMES: Readonly<Record<string, string>> = {
  'network:card': 'Card networks',
  'network:bank': 'Bank transfers',
  'network:wallet': 'Wallets that paid',
  'network:imported': 'Imported payments',
  'network:faucet': 'Test money for wallets',
  merchant: 'Available',
  fees: 'Fees',
  imported: 'Kept by the old provider',
  'imported:fees': 'Fees of imported payments',
};
const NAMES_OF: Readonly<Record<string, string>> = {
  cash: 'Cash sent ahead by',
  applied: 'Cash kept for payments of',
  wallet: 'Wallet',
};

/** An account of the ledger in words: `merchant:20261123` is what becomes available that day. */
export function ledgerWords(name: string): string {
  const known = NAMES[name];
  if (known !== undefined) return known;
  const [, kind = '', of = ''] = /^(\w+):(.+)$/.exec(name) ?? [];
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(of) ?? [];
  if (kind === 'merchant' && day) return `Available from ${dayWords(`${year}-${month}-${day}`)}`;
  const words = NAMES_OF[kind];
  return words === undefined ? name : `${words} ${of}`;
}

/** The accounts of the ledger with their balances. */
export const ledgerPlace: Place = async (app) => {
  const list = await paged<LedgerRow>(app, {
    ask: () => app.calls.ledger(),
    draw: (rows) =>
      table(
        'Ledger accounts',
        [
          {
            name: 'Account',
            cell: ({ ledgerAccount, currency }) =>
              link(
                `/ledger/${encodeURIComponent(ledgerAccount)}?currency=${currency}`,
                ledgerWords(ledgerAccount),
              ),
          },
          { name: 'Currency', cell: ({ currency }) => currency.toUpperCase() },
          {
            name: 'Balance',
            cell: ({ balance, currency }) => money({ value: balance, currency }),
            isFigure: true,
          },
          {
            name: 'Pending',
            cell: ({ pending, currency }) => money({ value: pending, currency }),
            isFigure: true,
          },
          { name: 'In the books', cell: (row) => element('code', {}, row.ledgerAccount) },
        ],
        rows,
      ),
    empty: () =>
      emptyState(
        'The ledger is empty',
        'Every movement of money is a transfer whose entries sum to zero. The first payment ' +
          'opens the first accounts.',
      ),
  });
  return { title: 'Ledger', node: element('div', {}, headOf('Ledger'), list) };
};

/** The transfers of one account of the ledger. */
export const statementPlace: Place = async (app, [name = ''], query) => {
  const currency = query.get('currency') ?? app.session.account.currency;
  const list = await paged<StatementRow>(app, {
    ask: (cursor) => app.calls.statement(name, { currency, cursor }),
    draw: (rows) =>
      table(
        'Statement',
        [
          { name: 'Time', cell: ({ atMs }) => time(atMs) },
          { name: 'Kind', cell: ({ kind }) => wordOf(kind) },
          { name: 'State', cell: ({ state }) => wordOf(state) },
          { name: 'Amount', cell: ({ amount }) => money(amount), isFigure: true },
          {
            name: 'Payment',
            cell: ({ intent }) => (intent === '' ? '–' : link(`/intents/${intent}`, intent)),
          },
          { name: 'Transfer', cell: ({ transfer }) => copyable(transfer, app.say) },
        ],
        rows,
      ),
    empty: () => emptyState('No transfers yet', 'Nothing has moved on this account so far.'),
  });
  const title = `${ledgerWords(name)}, ${currency.toUpperCase()}`;
  const up = element('p', { class: 'up' }, link('/ledger', '← Ledger'));
  return { title, node: element('div', {}, up, headOf(title), list) };
};
