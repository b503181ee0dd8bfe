import { element } from '../frames/elements.js';
import { drawMark } from '../ui/drawing.js';
import { activityList, nothingYet } from './activity.js';
import { currencySelect } from './amount-fields.js';
import type { App, Screen } from './app.js';
import { button, icon, iconButton, notice, paragraph } from './dom.js';
import { faucetButton } from './faucet.js';
import { writeCurrency } from './keep.js';
import { shownKin, shownQuarks } from './money.js';
import { showPhrase } from './phrase.js';

const RECENT_ITEMS_MAX = 5;

/** What there is, and what can be done with it. */
export function homeScreen(app: App): Screen {
  const money = element('div', { class: 'balance' });
  const recent = element('section', { class: 'recent', 'aria-label': 'Activity' });
  const trouble = element('div', { class: 'trouble' });
  const help = element('div', { class: 'help' });
  const render = (): void => {
    const { news, silence } = app;
    money.replaceChildren(...balanceOf(app, render));
    trouble.replaceChildren(...(silence === null ? [] : [notice(silence, 'attention')]));
    recent.replaceChildren(...recentOf(app));
    const wantsMoney = app.mode === 'sandbox' && news !== null && news.quarks === 0n;
    if (!wantsMoney) help.replaceChildren();
    else if (help.childElementCount === 0) help.append(faucetButton(app));
  };
  render();
  const action = (name: 'send' | 'receive', label: string, place: string): HTMLElement =>
    button([icon(name), label], () => app.go(place));
  const heading = element('h1', { tabindex: '-1', class: 'unseen' }, 'Wallet');
  const brand = element('span', { class: 'brand' }, drawMark(), 'Tender');
  const sandbox = app.mode === 'sandbox' ? element('span', { class: 'tag' }, 'Sandbox') : null;
  const settings = iconButton('settings', 'Settings', () => app.go('/settings'));
  const scan = button([icon('scan'), 'Scan a code'], () => app.go('/scan'), 'main');
  const node = element(
    'main',
    { class: 'screen is-home' },
    element('header', { class: 'bar' }, brand, sandbox, heading, settings),
    element(
      'div',
      { class: 'content' },
      unwritten(app),
      money,
      help,
      element(
        'div',
        { class: 'pair' },
        action('send', 'Send', '/send'),
        action('receive', 'Receive', '/receive'),
      ),
      trouble,
      recent,
    ),
    element('div', { class: 'actions' }, scan),
  );
  return { title: 'Wallet', node, leave: app.onNews(render) };
}

/** The balance in the currency of choice, and beside it what it is made of. */
function balanceOf(app: App, render: () => void): Node[] {
  const { news, rates, currency } = app;
  const select = currencySelect(app, currency);
  select.setAttribute('aria-label', 'Currency of the balance');
  select.addEventListener('change', () => {
    app.currency = select.value;
    writeCurrency(select.value);
    render();
    document.querySelector<HTMLSelectElement>('.balance select')?.focus();
  });
  const shown = news === null ? '–' : shownQuarks(news.quarks, currency, rates);
  return [
    paragraph('Balance', 'soft'),
    paragraph(shown, 'amount'),
    element(
      'div',
      { class: 'balance-foot' },
      paragraph(news === null ? 'Asking…' : shownKin(news.quarks), 'soft'),
      select,
    ),
  ];
}

function recentOf(app: App): Node[] {
  const { news } = app;
  if (news === null) return [];
  const { items, next } = news.history;
  const heading = element('h2', {}, 'Activity');
  if (items.length === 0) return [heading, nothingYet(app)];
  const hasMore = items.length > RECENT_ITEMS_MAX || next !== null;
  const all = hasMore ? button('All activity', () => app.go('/activity'), 'quiet') : null;
  const shown = activityList(app, items.slice(0, RECENT_ITEMS_MAX));
  return all === null ? [heading, shown] : [heading, shown, all];
}

/** As long as it was put off. */
function unwritten(app: App): HTMLElement | null {
  if (app.kept.isWrittenDown || app.kept.phrase === null) return null;
  const text = 'Your 12 words are kept in this browser alone. Write them down.';
  const show = button('Show them', () => showPhrase(app));
  return element('div', { class: 'reminder' }, paragraph(text), show);
}
