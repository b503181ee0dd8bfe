import type { CheckoutState } from '../../src/api/checkout/schema.js';
import { element } from '../frames/elements.js';
import type { Field } from '../frames/field.js';
import { group, moneyField, shown } from './inputs.js';
import { shareOf, shownMoney, shownShare } from './money.js';
import type { Speech } from './texts.js';

/** Shares of what is sold that are offered as a tip, in parts of 10,000. */
const TIP_SHARES = [1000, 1250, 1500] as const;

/** What the customer says of the amount, in minor units; absent where it is not theirs to say. */
export interface Entered {
  readonly amount?: number;
  readonly tips?: number;
}

/** Controls of the amount. */
export interface AmountPart {
  readonly root: HTMLElement;
  fields(): readonly Field[];
  /** null while what was typed is no amount. */
  value(): number | null;
  /** Draws what follows from another amount that is sold. */
  refresh(sold: number): void;
}

/** A state as it will be with what was entered: shown before the server has said so. */
export function expected(state: CheckoutState, { amount, tips }: Entered): CheckoutState {
  const { sold, total } = state;
  const { currency } = sold;
  const soldNow = amount ?? sold.value;
  const tipsNow = tips ?? state.tips?.value ?? 0;
  const more = soldNow - sold.value + tipsNow - (state.tips?.value ?? 0);
  return {
    ...state,
    sold: { value: soldNow, currency },
    tips: tipsNow === 0 ? null : { value: tipsNow, currency },
    total: total && { value: total.value + more, currency },
  };
}

/** An amount of the customer's own. */
export function amountPart(
  { sold }: CheckoutState,
  speech: Speech,
  changed: () => void,
): AmountPart {
  const field = moneyField('amount', speech.texts.amount, sold, speech, changed);
  return {
    root: shown(field),
    fields: () => [field],
    value: field.value,
    refresh: () => {},
  };
}

/** A tip: none, a share of what is sold, or an amount. */
export function tipsPart(state: CheckoutState, speech: Speech, changed: () => void): AmountPart {
  const { texts, locale } = speech;
  const { currency } = state.sold;
  const given = state.tips?.value ?? 0;
  let sold = state.sold.value;
  const share = TIP_SHARES.find((each) => shareOf(sold, each) === given);
  let chosen = given === 0 ? '0' : share === undefined ? 'own' : String(share);
  const isOwn = chosen === 'own';
  const own = moneyField('tip', texts.tip, { value: isOwn ? given : 0, currency }, speech, changed);
  const ownBox = shown(own);
  const sums = new Map<number, HTMLElement>();
  const option = (value: string, label: string, sum: HTMLElement | null): HTMLElement => {
    const input = element('input', { type: 'radio', name: 'tip-share', value });
    input.checked = value === chosen;
    input.addEventListener('change', () => {
      chosen = value;
      ownBox.hidden = value !== 'own';
      if (value === 'own') own.input.focus();
      changed();
    });
    return element('label', { class: 'option' }, input, element('span', {}, label), sum);
  };
  const paint = (): void => {
    for (const [each, sum] of sums)
      sum.textContent = shownMoney({ value: shareOf(sold, each), currency }, locale);
  };
  const shares = TIP_SHARES.map((each) => {
    const sum = element('small', {});
    sums.set(each, sum);
    return option(String(each), shownShare(each, locale), sum);
  });
  const options = [option('0', texts.noTip, null), ...shares, option('own', texts.ownTip, null)];
  ownBox.hidden = !isOwn;
  paint();
  return {
    root: group(texts.tipQuestion, element('div', { class: 'options' }, ...options), ownBox),
    fields: () => (chosen === 'own' ? [own] : []),
    value: () => (chosen === 'own' ? own.value() : shareOf(sold, Number(chosen))),
    refresh: (now) => {
      sold = now;
      paint();
    },
  };
}
