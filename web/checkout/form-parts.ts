import { element } from '../frames/elements.js';
import type { Field } from '../frames/field.js';
import { type AmountPart, type Entered, expected } from './amounts.js';
import type { App } from './app.js';
import type { Details } from './details.js';
import type { TickBox } from './inputs.js';
import type { Methods } from './methods.js';
import { shownMoney } from './money.js';
import { declineText } from './refusal.js';
import { filled } from './texts.js';

/** The form by which somebody pays, or saves a card. */
export interface Form {
  readonly app: App;
  readonly amount: AmountPart | null;
  readonly tips: AmountPart | null;
  readonly details: Details;
  readonly methods: Methods;
  /** Of a setup: the terms are agreed to. */
  readonly agree: TickBox | null;
  /** Where the code for a wallet is shown. */
  readonly scan: HTMLElement;
  readonly alarm: HTMLElement;
  readonly submit: HTMLButtonElement;
}

/** Says what is wrong, aloud; the same text twice is said twice. */
export function alarmIn({ alarm }: Form, text: string): void {
  alarm.replaceChildren(...(text === '' ? [] : [element('span', {}, text)]));
}

/** What was entered of the amount; what is no amount is left out. */
export function enteredIn({ amount, tips }: Pick<Form, 'amount' | 'tips'>): Entered {
  const [sold, tip] = [amount?.value() ?? null, tips?.value() ?? null];
  return { ...(sold === null ? {} : { amount: sold }), ...(tip === null ? {} : { tips: tip }) };
}

/** Every field that must be right before anything is sent. */
export function fieldsOf({ amount, tips, details, methods }: Form): readonly Field[] {
  return [
    ...(amount?.fields() ?? []),
    ...(tips?.fields() ?? []),
    ...details.fields(),
    ...(methods.chosen()?.panel.fields ?? []),
  ];
}

/** Says why the last try failed, where it did. */
export function alarmDecline(form: Form): void {
  const { state, speech } = form.app;
  alarmIn(form, declineText(state(), speech) ?? '');
}

function submitText({ app, methods, amount, tips }: Form): string {
  const { texts, locale } = app.speech;
  const state = app.state();
  if (state.purpose === 'setup') return texts.saveCard;
  const method = methods.chosen()?.method;
  if (method === 'code_wallet') return texts.showCode;
  if (method === 'device_wallet') return texts.payDevice;
  const { total } = expected(state, enteredIn({ amount, tips }));
  return total === null ? texts.payPlain : filled(texts.pay, { amount: shownMoney(total, locale) });
}

/** Draws the button by which it is done: with what it does. */
export function paint(form: Form): void {
  form.submit.textContent = submitText(form);
  form.submit.hidden = form.methods.chosen() === null || form.scan.hasChildNodes();
}
