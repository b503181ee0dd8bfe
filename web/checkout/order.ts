import type { CheckoutState, Line, Money } from '../../src/api/checkout/schema.js';
import { element } from '../frames/elements.js';
import { lines } from '../wallet/dom.js';
import { webAddress } from './app.js';
import { shownMoney } from './money.js';
import { filled, type Speech } from './texts.js';

const DAY_MS = 24 * 3_600_000;

/** Who is paid, for what and how much: the part of the page that stays. */
export function drawOrder(state: CheckoutState, speech: Speech): Node[] {
  const { texts, locale } = speech;
  const { merchant, title, description, livemode, total, reference, receipt } = state;
  const amount = receipt?.total ?? total;
  const sandbox = livemode ? null : element('span', { class: 'pill' }, texts.sandbox);
  const name = element('p', { class: 'merchant' }, title === '' ? '' : merchant, sandbox);
  const parts = [
    element('header', {}, name, element('h1', { tabindex: '-1' }, title || merchant)),
    description === '' ? null : element('p', { class: 'soft' }, description),
    amount === null ? null : element('p', { class: 'amount' }, shownMoney(amount, locale)),
    drawItems(state, locale),
    drawSums(state, speech),
    reference === '' ? null : labelled(texts.reference, reference),
    drawLink(state),
    drawLimit(state, speech),
  ];
  return parts.filter((part) => part !== null);
}

/** What a merchant calls something by; a click selects it whole. */
function labelled(label: string, text: string): HTMLElement {
  return element('p', { class: 'soft' }, `${label} `, element('code', {}, text));
}

function drawItems({ lines: items }: CheckoutState, locale: string): HTMLElement | null {
  if (items.length === 0) return null;
  const row = ({ name, note, quantity, total }: Line): HTMLElement =>
    element(
      'li',
      {},
      element(
        'span',
        {},
        quantity === 1 ? name : `${quantity} × ${name}`,
        note === '' ? null : element('small', {}, note),
      ),
      element('span', { class: 'money' }, shownMoney(total, locale)),
    );
  return element('ul', { class: 'items' }, ...items.map(row));
}

/** How the total comes about; nothing where it is the one sum. */
function drawSums(state: CheckoutState, { texts, locale }: Speech): Element | null {
  const { sold, taxes, serviceCharge, tips, cashback, total } = state;
  const named: [string, Money | null][] = [
    ...taxes.map(({ name, total: tax }): [string, Money] => [name, tax]),
    [texts.service, serviceCharge],
    [texts.tip, tips?.value === 0 ? null : tips],
    [texts.cashback, cashback],
  ];
  const parts = named.flatMap(([what, money]) => (money === null ? [] : [{ what, money }]));
  if (parts.length === 0 || total === null) return null;
  const hasMore = total.value !== sold.value;
  return lines([
    ...(hasMore ? [[texts.sold, shownMoney(sold, locale)] as const] : []),
    ...parts.map(({ what, money }) => [what, shownMoney(money, locale)] as const),
    [texts.total, shownMoney(total, locale), 'total'],
  ]);
}

function drawLink({ actionLink }: CheckoutState): HTMLElement | null {
  const href = webAddress(actionLink?.url ?? null);
  if (actionLink === null || href === null) return null;
  const { label, fileName } = actionLink;
  // A tab of its own: this page is where the customer comes back to.
  const tab = { target: '_blank', rel: 'noopener noreferrer' };
  return element('a', { href, class: 'button is-plain', ...tab, download: fileName }, label);
}

/** Until when it can be paid, on its last day. */
function drawLimit(state: CheckoutState, { texts, locale }: Speech): HTMLElement | null {
  const { expiresAtMs, status } = state;
  if (expiresAtMs === null || status !== 'open') return null;
  if (expiresAtMs - Date.now() > DAY_MS) return null;
  return element(
    'p',
    { class: 'soft' },
    filled(texts.payBy, { time: shownTime(expiresAtMs, locale) }),
  );
}

/** A moment as a reader of `locale` writes it, in their zone. `ms`: Unix. */
export function shownTime(ms: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(ms);
}
