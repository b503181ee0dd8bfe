import type { KeyRow } from '../../src/api/admin/schema.js';
import { element } from '../frames/elements.js';
import { button, field } from '../wallet/dom.js';
import { type App, may, type Place } from './app.js';
import { askAndDo, askSure, showOnce } from './dialogs.js';
import { wordOf } from './format.js';
import { paged } from './pager.js';
import { emptyState, headOf, table, time } from './parts.js';

/** The API keys of the account: what they are, never what they are made of. */
export const keysPlace: Place = async (app) => {
  const list = await paged<KeyRow>(app, {
    ask: (cursor) => app.calls.keys({ cursor }),
    draw: (rows) =>
      table(
        'API keys',
        [
          { name: 'Name', cell: ({ name, id }) => name || id },
          { name: 'Kind', cell: ({ kind }) => wordOf(kind) },
          { name: 'Key', cell: ({ hint }) => element('code', {}, hint) },
          { name: 'State', cell: ({ state }) => wordOf(state) },
          { name: 'Created', cell: ({ createdMs }) => (createdMs > 0 ? time(createdMs) : '–') },
          { name: 'Change', cell: (row) => (isOwn(app, row) ? changes(app, row) : '–') },
        ],
        rows,
      ),
    empty: () =>
      emptyState(
        'No stored keys yet',
        'Keys are made with POST /v1/api_keys; those of the configuration open the server ' +
          'without being stored. A key is shown once, when it is made.',
      ),
  });
  const make = may(app.session, 'admin') ? button('New key', () => makeKey(app), 'main') : null;
  return { title: 'Keys', node: element('div', {}, headOf('API keys', make), list) };
};

/** Whether a key can be changed here: those of the configuration were never made. */
function isOwn({ session }: App, { createdMs, state }: KeyRow): boolean {
  return may(session, 'admin') && createdMs > 0 && state === 'active';
}

function showKey(app: App, secret: string): void {
  showOnce(app, 'The key', 'Copy it now: it is not shown again.', secret);
}

async function makeKey(app: App): Promise<void> {
  const name = element('input', { maxlength: '200', autocomplete: 'off' });
  const kind = element(
    'select',
    {},
    element('option', { value: 'secret' }, 'Secret, for a server'),
    element('option', { value: 'publishable' }, 'Publishable, for a page'),
  );
  await askAndDo({
    title: 'New key',
    content: [field('Name', name).node, field('Kind', kind).node],
    goOn: 'Make it',
    look: 'main',
    value: () => ({ kind: kind.value, name: name.value.trim() }),
    act: async (given) => {
      const { secret } = await app.calls.makeKey(given.kind, given.name);
      showKey(app, secret);
    },
  });
}

function changes(app: App, { id, name, hint }: KeyRow): HTMLElement {
  const ask = (title: string, text: string, act: () => Promise<void>) =>
    askSure({ title, text, goOn: title, act });
  const called = name || hint;
  const roll = button('Roll', () =>
    ask('Roll', `${called} ends now, and a new key takes its place.`, async () => {
      const { secret } = await app.calls.rollKey(id);
      showKey(app, secret);
    }),
  );
  const revoke = button('Revoke', () =>
    ask('Revoke', `${called} ends now: whoever uses it is refused.`, async () => {
      await app.calls.revokeKey(id);
      app.say('Revoked');
      app.reload();
    }),
  );
  for (const each of [roll, revoke]) {
    each.classList.add('is-small');
    each.setAttribute('aria-label', `${each.textContent} ${called}`);
  }
  return element('div', { class: 'head-actions' }, roll, revoke);
}
