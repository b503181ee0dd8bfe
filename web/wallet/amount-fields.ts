import { element } from '../frames/elements.js';
import type { App } from './app.js';
import { field } from './dom.js';
import { currencyName, typedAmount } from './money.js';

/** An amount and its currency, as a person enters them. */
export interface AmountFields {
  readonly node: HTMLElement;
  /** What was entered; null, with a word beside the field, where that is none. */
  read(): { readonly amount: number; readonly currency: string } | null;
}

export function amountFields(app: App): AmountFields {
  const attributes = { class: 'input', inputmode: 'decimal', autocomplete: 'off' };
  const amount = field('Amount', element('input', { ...attributes, placeholder: '0.00' }));
  const currency = field('Currency', currencySelect(app, app.currency));
  return {
    node: element('div', { class: 'amount-fields' }, amount.node, currency.node),
    read: () => {
      const typed = typedAmount(amount.input.value);
      amount.fault(typed === null ? 'Enter an amount above zero, like 2.50.' : null);
      return typed === null ? null : { amount: typed, currency: currency.input.value };
    },
  };
}

/** Every currency that there is a rate for, by name; kin first. */
export function currencySelect(app: App, chosen: string): HTMLSelectElement {
  const codes = [...new Set([...(app.rates?.rates.keys() ?? []), chosen, 'kin'])];
  codes.sort((a, b) => Number(b === 'kin') - Number(a === 'kin') || (a < b ? -1 : 1));
  const select = element(
    'select',
    { class: 'input' },
    ...codes.map((code) => element('option', { value: code }, currencyName(code))),
  );
  select.value = chosen;
  return select;
}
