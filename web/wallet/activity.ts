import type { HistoryItem } from '../../sdk/wallet/history.js';
import { element } from '../frames/elements.js';
import { type App, type Screen, wordsOf } from './app.js';
import { button, icon, notice, paragraph } from './dom.js';
import { shortAddress, shownAmount, shownKin, shownQuarks } from './money.js';
import { screenOf } from './shell.js';

const TITLES: Readonly<
  Record<HistoryItem['kind'], Readonly<Record<HistoryItem['direction'], string>>>
> = {
  request: { sent: 'Paid to a shop', received: 'Payment from a wallet' },
  transfer: { sent: 'Sent', received: 'Received' },
  faucet: { sent: 'Test money returned', received: 'Test money' },
};

const dayFormat = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
});
const wholeFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });

/** What moved, as a list; the whole time of each shows where the mouse rests. */
export function activityList(app: App, items: readonly HistoryItem[]): HTMLElement {
  return element('ul', { class: 'activity' }, ...items.map((item) => itemNode(app, item)));
}

function itemNode(app: App, item: HistoryItem): HTMLElement {
  const { direction, kind, intent, currency, amount, at } = item;
  const sign = direction === 'sent' ? '−' : '+';
  const time = element('time', { datetime: at.toISOString(), title: wholeFormat.format(at) });
  time.textContent = dayFormat.format(at);
  const id = intent === '' ? null : element('code', { title: intent }, shortAddress(intent));
  const shape = element(
    'span',
    { class: `dot is-${direction}` },
    icon(kind === 'faucet' ? 'plus' : direction === 'sent' ? 'send' : 'receive'),
  );
  return element(
    'li',
    {},
    shape,
    element(
      'div',
      { class: 'what' },
      element('p', {}, TITLES[kind][direction]),
      element('p', { class: 'soft' }, time, id === null ? null : ' · ', id),
    ),
    element(
      'div',
      { class: 'much' },
      paragraph(`${sign}${shownAmount(amount, currency)}`),
      otherWorth(app, item),
    ),
  );
}

/** The same in the other kind of money: kin beside fiat, and beside kin what it is worth now. */
function otherWorth({ currency: chosen, rates }: App, { quarks, currency }: HistoryItem) {
  if (currency !== 'kin') return paragraph(shownKin(quarks), 'soft');
  const worth = shownQuarks(quarks, chosen, rates);
  return chosen === 'kin' || worth === shownKin(quarks) ? null : paragraph(worth, 'soft');
}

/** What is said where nothing has moved yet. */
export function nothingYet(app: App): HTMLElement {
  const text =
    app.mode === 'sandbox'
      ? 'Nothing has moved yet. Get some test money, then scan a code.'
      : 'Nothing has moved yet. Scan a code, or let somebody send to your address.';
  return paragraph(text, 'empty');
}

/** All that moved, page by page. */
export function activityScreen(app: App): Screen {
  const list = element('div', {});
  const foot = element('div', { class: 'more' });
  const items: HistoryItem[] = [];
  const load = async (cursor?: Uint8Array): Promise<void> => {
    try {
      const page = await app.wallet.history(cursor);
      items.push(...page.items);
      const { next } = page;
      list.replaceChildren(items.length === 0 ? nothingYet(app) : activityList(app, items));
      foot.replaceChildren(...(next === null ? [] : [button('Show more', () => load(next))]));
    } catch (error) {
      const again = button('Try again', () => load(cursor));
      foot.replaceChildren(notice(wordsOf(error), 'attention'), again);
    }
  };
  void load();
  return screenOf(app, 'Activity', [list, foot]);
}
