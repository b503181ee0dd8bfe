import type { AuditRow } from '../../src/api/admin/schema.js';
import { element } from '../frames/elements.js';
import type { App, Place, View } from './app.js';
import { wordOf } from './format.js';
import { paged } from './pager.js';
import { emptyState, headOf, table, time } from './parts.js';

/** What operators did with this account. */
export const auditPlace: Place = (app) => logPlace(app, 'Operator log', app.calls.audit);

/** Who signed in, was invited, or got another role. */
export const operatorLogPlace: Place = (app) => logPlace(app, 'Sign-ins', app.calls.operatorLog);

async function logPlace(app: App, title: string, read: App['calls']['audit']): Promise<View> {
  const list = await paged<AuditRow>(app, {
    ask: (cursor) => read({ cursor }),
    draw: (rows) =>
      table(
        title,
        [
          { name: 'Time', cell: ({ atMs }) => time(atMs) },
          { name: 'Who', cell: ({ operator }) => operator },
          { name: 'What', cell: ({ action }) => wordOf(action) },
          { name: 'To', cell: ({ subject }) => element('code', {}, subject) },
          {
            name: 'With',
            cell: ({ detail }) =>
              Object.entries(detail)
                .map(([name, value]) => `${name}: ${value}`)
                .join(', '),
          },
        ],
        rows,
      ),
    empty: () =>
      emptyState(
        'Nothing was done yet',
        'Every refund, capture, replay and change that an operator makes here is written down, ' +
          'with who and when.',
      ),
  });
  return { title, node: element('div', {}, headOf(title), list) };
}
