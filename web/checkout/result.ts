import type { CheckoutState, Receipt } from '../../src/api/checkout/schema.js';
import { element } from '../frames/elements.js';
import { button, icon, lines } from '../wallet/dom.js';
import { type App, type View, webAddress } from './app.js';
import { emailField } from './details.js';
import { shown } from './inputs.js';
import { shownMoney } from './money.js';
import { shownTime } from './order.js';
import { faultText } from './refusal.js';
import { filled, type Speech } from './texts.js';

/** Time to read that it worked before the shop's page comes; it can be stopped. */
const RETURN_SECONDS = 10;

/** What became of it, in two lines. */
function wordsOf({ status, receipt, merchant }: CheckoutState, { texts }: Speech) {
  const about = (text: string): string => filled(text, { shop: merchant });
  if (status === 'saved') return { title: texts.saved, text: about(texts.savedText) };
  if (status === 'returned') return { title: texts.returned, text: texts.returnedText };
  if (receipt?.isHeld === true) return { title: texts.held, text: about(texts.heldText) };
  return { title: texts.paid, text: '' };
}

/** The receipt's own part; what was bought stands beside it. */
function drawReceipt(receipt: Receipt, { texts, fields, locale }: Speech): Element {
  const { paidAtMs, method, authorizationCode, refunded, total } = receipt;
  const time = element(
    'time',
    { datetime: new Date(paidAtMs).toISOString(), title: new Date(paidAtMs).toISOString() },
    shownTime(paidAtMs, locale),
  );
  const code = authorizationCode === '' ? null : element('code', {}, authorizationCode);
  const rows: (readonly [string, Node | string])[] = [
    [texts.total, shownMoney(total, locale)],
    [fields.method, method],
    [texts.paidOn, time],
  ];
  if (code !== null) rows.push([texts.authCode, code]);
  if (refunded !== null) rows.push([texts.refunded, shownMoney(refunded, locale)]);
  return lines(rows);
}

function sendForm({ calls, speech, state }: App): HTMLElement {
  const { texts } = speech;
  const field = emailField('receipt-email', state().email, speech);
  field.label.textContent = texts.sendTo;
  const said = element('p', { class: 'soft', role: 'status' });
  const send = element('button', { type: 'submit', class: 'button is-plain' }, texts.send);
  const form = element(
    'form',
    { class: 'send', novalidate: '' },
    element('div', { class: 'row' }, shown(field), send),
    said,
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    field.insist();
    if (field.fault() !== null) return field.input.focus();
    const email = field.text().trim();
    const outcome = await calls.receipt({ email });
    said.textContent =
      outcome.kind === 'done'
        ? filled(texts.sent, { email })
        : outcome.kind === 'lost'
          ? texts.offlineText
          : faultText(outcome, speech, state().merchant);
  });
  return form;
}

/** The way back to the shop, by itself after a while where the customer has just paid. */
function wayBack(app: App, isFresh: boolean): { root: HTMLElement; stop(): void } | null {
  const { redirectUrl, merchant } = app.state();
  const href = webAddress(redirectUrl);
  if (href === null) return null;
  const { texts } = app.speech;
  const link = element(
    'a',
    { href, class: 'button is-main' },
    filled(texts.back, { shop: merchant }),
  );
  if (!isFresh) return { root: element('div', { class: 'ways' }, link), stop: () => {} };
  let left = RETURN_SECONDS;
  const words = element('p', { class: 'soft' });
  const paint = (): void => {
    words.textContent = filled(texts.returning, { shop: merchant, seconds: String(left) });
  };
  const stop = (): void => {
    clearInterval(timer);
    rest.remove();
  };
  const rest = element('div', { class: 'row' }, words, button(texts.stay, stop, 'quiet'));
  const timer = setInterval(() => {
    left -= 1;
    paint();
    if (left > 0) return;
    stop();
    app.go(href);
  }, 1000);
  paint();
  return { root: element('div', { class: 'ways' }, link, rest), stop };
}

/** Draws what it came to. @param isFresh it has just come to it, on this page */
export function makeResult(app: App, isFresh: boolean): View {
  const { speech } = app;
  const state = app.state();
  const { title, text } = wordsOf(state, speech);
  const heading = element('h2', { tabindex: '-1' }, title);
  const back = wayBack(app, isFresh && state.status !== 'returned');
  const { receipt } = state;
  const print = button(speech.texts.print, () => window.print());
  const send = receipt !== null && state.sendsMail ? sendForm(app) : null;
  const root = element(
    'div',
    { class: 'result' },
    element('div', { class: 'sign' }, icon('check')),
    heading,
    text === '' ? null : element('p', {}, text),
    receipt && drawReceipt(receipt, speech),
    receipt && element('div', { class: 'tools' }, print, send),
    back?.root ?? null,
  );
  const stop = back?.stop ?? ((): void => {});
  // Who prints or writes an address is not to be led away from it.
  for (const each of [print, send]) each?.addEventListener('focusin', stop);
  return { root, heading, leave: stop };
}
