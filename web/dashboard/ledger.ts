import type { LedgerRow, StatementRow } from '../../src/api/admin/schema.js';
import { element } from '../frames/elements.js';
import type { Place } from './app.js';
import { money, wordOf } from './format.js';
import { paged } from './pager.js';
import { copyable, emptyState, headOf, link, table, time } from './parts.js';

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
                wordOf(ledgerAccount),
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
  const title = `${wordOf(name)}, ${currency.toUpperCase()}`;
  const up = element('p', { class: 'up' }, link('/ledger', '← Ledger'));
  return { title, node: element('div', {}, up, headOf(title), list) };
};
