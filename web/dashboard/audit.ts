import type { AuditRow } from '../../src/api/admin/schema.js';
import { element } from '../frames/elements.js';
import type { Place } from './app.js';
import { wordOf } from './format.js';
import { paged } from './pager.js';
import { emptyState, headOf, table, time } from './parts.js';

/** What operators did. */
export const auditPlace: Place = async (app) => {
  const list = await paged<AuditRow>(app, {
    ask: (cursor) => app.calls.audit({ cursor }),
    draw: (rows) =>
      table(
        'What operators did',
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
  return { title: 'Operator log', node: element('div', {}, headOf('Operator log'), list) };
};
