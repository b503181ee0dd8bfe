import type { CustomerRow } from '../../src/api/admin/schema.js';
import { element } from '../frames/elements.js';
import { type App, may, type Place } from './app.js';
import { metadataPanel } from './metadata.js';
import { paged } from './pager.js';
import { copyable, emptyState, factList, headOf, link, time } from './parts.js';

/** The customers of the account, with what can be done from each. */
export const customersPlace: Place = async (app, _params, query) => {
  const q = query.get('q') ?? '';
  const search = element('input', {
    type: 'search',
    name: 'q',
    value: q,
    'aria-label': 'Search by name, e-mail or metadata',
    placeholder: 'Name, e-mail, id, key:value',
    maxlength: '200',
  });
  const form = element('form', { class: 'filters', role: 'search' }, search);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = search.value.trim();
    app.go(text === '' ? '/customers' : `/customers?q=${encodeURIComponent(text)}`);
  });
  const rows = await paged<CustomerRow>(app, {
    ask: (cursor) => app.calls.customers({ q, cursor }),
    draw: (page) => {
      const cards = page.map((row) => drawCustomer(app, row));
      // Whoever was looked for by his id is the one to be read.
      for (const card of cards) card.open = page.length === 1 && q !== '';
      return element('div', { class: 'cards' }, ...cards);
    },
    empty: () =>
      q === ''
        ? emptyState(
            'No customers yet',
            'A customer keeps cards for the next payment. Shops make them with POST ' +
              '/v1/customers, or with POST /customers in the Dojo dialect.',
          )
        : emptyState('Nobody is like that', 'Look for a part of a name or an e-mail address.'),
  });
  return {
    title: 'Customers',
    node: element('div', {}, headOf('Customers'), form, rows),
    keys: { '/': () => search.select() },
  };
};

function drawCustomer(app: App, row: CustomerRow): HTMLDetailsElement {
  const { id, createdMs, name, email, phone, cards, metadata } = row;
  const given = (what: string, text: string) => (text === '' ? [] : [[what, text] as const]);
  const node = element('details', { class: 'card' });
  const show = (now: Readonly<Record<string, string>>): void => {
    const save = may(app.session, 'operator')
      ? async (next: Readonly<Record<string, string>>) => {
          await app.calls.setMetadata('customers', id, next);
          show(next);
          app.say('Metadata saved');
        }
      : null;
    const facts = factList([
      ['Id', copyable(id, app.say)],
      ['Since', time(createdMs)],
      ...given('E-mail', email),
      ...given('Phone', phone),
      ...cards.map((card) => ['Card', card] as const),
      ['Intents', link(`/intents?q=${encodeURIComponent(id)}`, 'Show them')],
    ]);
    node.replaceChildren(
      element('summary', {}, element('strong', {}, name || email || id), name && ` ${email}`),
      facts,
      metadataPanel({ metadata: now, list: '/customers', save }),
    );
  };
  show(metadata);
  return node;
}
