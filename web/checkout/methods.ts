import type { CheckoutMethod, CheckoutState, SavedCard } from '../../src/api/checkout/schema.js';
import { cardMark, element } from '../frames/elements.js';
import { group } from './inputs.js';
import { makePanel, type Panel } from './panels.js';
import type { Speech } from './texts.js';

/** One of the ways to pay: each saved card is one. */
interface Choice {
  readonly id: string;
  readonly method: CheckoutMethod;
  readonly card: SavedCard | null;
}

/** The ways to pay, one of them open. */
export interface Methods {
  readonly root: HTMLElement;
  /** null where there is none. */
  chosen(): { readonly method: CheckoutMethod; readonly panel: Panel } | null;
  /** Draws others; what was typed stays. True where they are others. */
  update(state: CheckoutState): boolean;
}

function choicesOf({ methods, savedCards }: CheckoutState): Choice[] {
  return methods.flatMap((method): Choice[] => {
    if (method !== 'saved_card') return [{ id: method, method, card: null }];
    return savedCards.map((card) => ({ id: `saved-${card.id}`, method, card }));
  });
}

/** `visa` as its network writes it, about. */
const capital = (name: string): string => name.replace(/^./, (letter) => letter.toUpperCase());

function titleOf({ method, card }: Choice, { texts, fields }: Speech): (Node | string)[] {
  if (card !== null) {
    const [month, year] = [card.expMonth, card.expYear % 100].map((n) => `${n}`.padStart(2, '0'));
    return [
      capital(card.brand),
      element('span', { 'aria-hidden': 'true' }, ' •••• '),
      element('span', { class: 'unseen' }, ` ${fields.ends} `),
      card.last4,
      element('small', {}, ` ${month} / ${year}`),
    ];
  }
  const titles: Readonly<Record<CheckoutMethod, string>> = {
    saved_card: fields.card,
    card: fields.card,
    device_wallet: texts.device,
    code_wallet: texts.code,
    sepa_debit: fields.sepa,
    us_bank_account: fields.bank,
  };
  return [titles[method]];
}

/** @param changed the customer has chosen another */
export function makeMethods(state: CheckoutState, speech: Speech, changed: () => void): Methods {
  const panels = new Map<string, Panel>();
  const list = element('div', { class: 'methods' });
  const none = element('p', { class: 'notice is-attention' }, speech.texts.noMethods);
  let choices: readonly Choice[] = [];
  let chosen: Choice | null = null;
  const panelOf = ({ id, method, card }: Choice, from: CheckoutState): Panel => {
    const panel = panels.get(id) ?? makePanel(method, from, speech, card);
    panels.set(id, panel);
    return panel;
  };
  const draw = (choice: Choice, from: CheckoutState): HTMLElement => {
    const input = element('input', { type: 'radio', name: 'method', value: choice.id });
    input.checked = choice.id === chosen?.id;
    const panel = element('div', { class: 'panel' }, panelOf(choice, from).root);
    panel.hidden = !input.checked;
    input.addEventListener('change', () => {
      chosen = choice;
      for (const each of list.querySelectorAll<HTMLElement>('.panel')) each.hidden = each !== panel;
      changed();
    });
    const mark = choice.method.endsWith('card') ? cardMark(choice.card?.brand ?? '', false) : null;
    const title = element('span', { class: 'name' }, ...titleOf(choice, speech));
    const label = element('label', { class: 'method' }, input, title, mark);
    return element('div', {}, label, panel);
  };
  const update = (next: CheckoutState): boolean => {
    const wanted = choicesOf(next);
    const same = wanted.map(({ id }) => id).join() === choices.map(({ id }) => id).join();
    if (same && choices.length > 0) return false;
    choices = wanted;
    chosen = wanted.find(({ id }) => id === chosen?.id) ?? wanted[0] ?? null;
    // What has the focus is drawn anew: it gets it back.
    const focused = document.activeElement;
    list.classList.toggle('is-single', wanted.length === 1);
    list.replaceChildren(...(wanted.length === 0 ? [none] : wanted.map((one) => draw(one, next))));
    if (focused instanceof HTMLElement && list.contains(focused)) focused.focus();
    return true;
  };
  update(state);
  return {
    root: group(speech.fields.method, list),
    chosen: () => chosen && { method: chosen.method, panel: panelOf(chosen, state) },
    update,
  };
}
