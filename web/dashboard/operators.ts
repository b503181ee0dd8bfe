import type { OperatorRow, Role } from '../../src/api/admin/schema.js';
import { element } from '../frames/elements.js';
import { button, field } from '../wallet/dom.js';
import { type App, may, type Place } from './app.js';
import { askAndDo, askSure, showOnce } from './dialogs.js';
import { wordOf } from './format.js';
import { paged } from './pager.js';
import { emptyState, headOf, link, pill, table, time } from './parts.js';

/** What each role may do, for whoever chooses one. */
const ROLES = [
  ['viewer', 'Viewer: reads'],
  ['operator', 'Operator: also moves money and answers disputes'],
  ['admin', 'Admin: also keys, webhooks, settings and operators'],
] as const;

const READY = { shape: '●', word: 'Active', look: 'good' } as const;
const INVITED = { shape: '○', word: 'Invited', look: 'plain' } as const;

/** Who signs in, and what each may do. */
export const operatorsPlace: Place = async (app) => {
  if (!may(app.session, 'admin')) {
    const text = 'Who signs in, and with which role, is shown to admins.';
    const node = element('div', {}, headOf('Operators'), emptyState('For admins', text));
    return { title: 'Operators', node };
  }
  const list = await paged<OperatorRow>(app, {
    ask: (cursor) => app.calls.operators({ cursor }),
    draw: (rows) =>
      table(
        'Operators',
        [
          { name: 'E-mail', cell: ({ email }) => email },
          { name: 'State', cell: ({ isReady }) => pill(isReady ? READY : INVITED) },
          { name: 'Role', cell: (row) => roleCell(app, row) },
          { name: 'Since', cell: ({ createdMs }) => time(createdMs) },
          { name: 'Change', cell: (row) => (isOneself(app, row) ? 'You' : changes(app, row)) },
        ],
        rows,
      ),
    empty: () => noOperators(app),
  });
  const log = element('p', {}, link('/operators/log', 'Sign-ins, invitations and roles'));
  const head = headOf(
    'Operators',
    button('Invite somebody', () => invite(app), 'main'),
  );
  return { title: 'Operators', node: element('div', {}, head, list, log) };
};

function noOperators({ session }: App): HTMLElement {
  return session.operator === null
    ? emptyState(
        'Nobody signs in here',
        'This sandbox is open to this machine alone. Where others reach it, or in live mode, ' +
          'operators sign in: tender init makes the first, and invites from here make the rest.',
      )
    : emptyState('No operators yet', 'Invite somebody: the link that you get is his way in.');
}

const isOneself = ({ session }: App, { email }: OperatorRow): boolean =>
  session.operator?.email === email;

function roleOptions(wordsOf: (words: string, value: string) => string): HTMLOptionElement[] {
  return ROLES.map(([value, words]) => element('option', { value }, wordsOf(words, value)));
}

function roleCell(app: App, row: OperatorRow): Node | string {
  const { id, email, role } = row;
  if (isOneself(app, row)) return wordOf(role);
  const select = element(
    'select',
    { 'aria-label': `Role of ${email}` },
    ...roleOptions((_words, value) => wordOf(value)),
  );
  select.value = role;
  select.addEventListener('change', async () => {
    try {
      const { role: now } = await app.calls.setRole(id, select.value as Role);
      app.say(`${email} is now ${now}`);
    } catch (error) {
      select.value = role;
      app.say((error as Error).message);
    }
  });
  return select;
}

function showLink(app: App, email: string, address: string): void {
  const text =
    `Pass this link on to ${email}. It works once, for a day, and chooses the password. ` +
    'It is not shown again.';
  showOnce(app, 'The link', text, address);
}

async function invite(app: App): Promise<void> {
  const email = field('E-mail', element('input', { type: 'email', autocomplete: 'off' }));
  const role = element('select', {}, ...roleOptions((words) => words));
  await askAndDo({
    title: 'Invite somebody',
    content: [email.node, field('Role', role).node],
    goOn: 'Make the link',
    look: 'main',
    value: () => {
      const typed = email.input.value.trim();
      email.fault(typed === '' ? 'Type an e-mail address.' : null);
      return typed === '' ? null : typed;
    },
    act: async (typed) => {
      const { link: address } = await app.calls.invite(typed, role.value as Role);
      showLink(app, typed, address);
    },
  });
}

function changes(app: App, { id, email, role, isReady }: OperatorRow): HTMLElement {
  const again = button(isReady ? 'New password' : 'New link', async () => {
    try {
      const { link: address } = await app.calls.invite(email, role);
      showLink(app, email, address);
    } catch (error) {
      app.say((error as Error).message);
    }
  });
  const remove = button('Remove', () =>
    askSure({
      title: 'Remove',
      text: `${email} is signed out at once and cannot sign in any more.`,
      goOn: 'Remove',
      act: async () => {
        await app.calls.removeOperator(id);
        app.say('Removed');
        app.reload();
      },
    }),
  );
  for (const each of [again, remove]) {
    each.classList.add('is-small');
    each.setAttribute('aria-label', `${each.textContent} for ${email}`);
  }
  remove.setAttribute('aria-label', `Remove ${email}`);
  return element('div', { class: 'head-actions' }, again, remove);
}
