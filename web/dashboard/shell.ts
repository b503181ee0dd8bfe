import type { Session } from '../../src/api/admin/schema.js';
import { element } from '../frames/elements.js';
import { drawMark } from '../ui/drawing.js';
import { button } from '../wallet/dom.js';
import { may } from './app.js';
import { link } from './parts.js';
import { MENU } from './places.js';
import { showHelp } from './shortcuts.js';

/** What stays around the places. */
export interface Shell {
  readonly node: HTMLElement;
  /** Where the places are shown. */
  readonly place: HTMLElement;
  /** Marks the place of the menu that a path belongs to. */
  mark(path: string): void;
}

/** The menu, the account, and room for a place. */
export function makeShell(
  session: Session,
  chooseAccount: (id: string) => void,
  signOut: () => Promise<void>,
): Shell {
  const menu = MENU.filter(([path]) => path !== '/operators' || may(session, 'admin'));
  const links = menu.map(([path, name]) => link(path, name));
  const skip = element('a', { class: 'skip', href: '#place' }, 'Skip to the content');
  const mode = session.livemode
    ? null
    : element('span', { class: 'pill is-attention' }, '◐ Sandbox');
  const side = element(
    'header',
    { class: 'shell-side' },
    element('div', { class: 'brand' }, drawMark(), 'Tender', mode),
    accountChoice(session, chooseAccount),
    element(
      'nav',
      { 'aria-label': 'Dashboard' },
      element('ul', {}, ...links.map((each) => element('li', {}, each))),
    ),
    element('div', { class: 'shell-foot' }, ...foot(session, signOut)),
  );
  const place = element('main', { id: 'place', tabindex: '-1' });
  return {
    node: element('div', { class: 'shell' }, skip, side, place),
    place,
    mark: (path) => {
      for (const [at, [own]] of menu.entries()) {
        const isHere = own === '/' ? path === '/' : path === own || path.startsWith(`${own}/`);
        if (isHere) {
          links[at]?.setAttribute('aria-current', 'page');
          // On a phone the menu is a line that scrolls.
          links[at]?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
        } else links[at]?.removeAttribute('aria-current');
      }
    },
  };
}

function accountChoice(
  { account, accounts }: Session,
  chooseAccount: (id: string) => void,
): HTMLElement {
  const name = account.name || account.id;
  if (accounts.length < 2) return element('p', { class: 'account' }, name);
  const options = accounts.map((each) =>
    element('option', { value: each.id }, each.name || each.id),
  );
  const select = element('select', { 'aria-label': 'Account', class: 'account' }, ...options);
  select.value = account.id;
  select.addEventListener('change', () => chooseAccount(select.value));
  return select;
}

function foot({ operator }: Session, signOut: () => Promise<void>): Node[] {
  const keys = button('Keys ?', showHelp, 'quiet');
  if (operator === null) return [keys];
  const who = element('p', { class: 'soft' }, `${operator.email}, ${operator.role}`);
  return [who, button('Sign out', signOut, 'quiet'), keys];
}
