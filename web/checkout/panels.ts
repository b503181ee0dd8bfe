import type {
  CheckoutMethod,
  CheckoutState,
  PayCall,
  SavedCard,
} from '../../src/api/checkout/schema.js';
import { makeSequence, refit } from '../frames/body.js';
import { brandOf } from '../frames/card-number.js';
import { cardMark, element } from '../frames/elements.js';
import { parseExpiry } from '../frames/expiry.js';
import type { Field } from '../frames/field.js';
import {
  accountSpec,
  cvcSpec,
  expirySpec,
  ibanSpec,
  nameSpec,
  numberSpec,
  routingSpec,
} from '../frames/field-specs.js';
import { emailField } from './details.js';
import { shown, tickBox } from './inputs.js';
import { filled, type Speech } from './texts.js';

/** What a way to pay asks, and what it comes to. */
export interface Panel {
  readonly root: HTMLElement;
  readonly fields: readonly Field[];
  /** Read when the customer pays, and kept nowhere. */
  call(): Partial<PayCall>;
}

/** A card that is typed in. */
function cardPanel(state: CheckoutState, speech: Speech): Panel {
  const { texts, fields: words } = speech;
  const mark = element('span', { class: 'CardIcon' });
  const sequence: Field[] = [];
  const brand = (): string => brandOf(sequence[0]?.text() ?? '').name;
  const paint = (): void => mark.replaceChildren(cardMark(brand(), false));
  const name = { ...nameSpec(words), key: 'holder', label: texts.nameOnCard };
  const specs = [
    numberSpec(words),
    expirySpec(words),
    cvcSpec(words, brand),
    { ...name, autocomplete: 'cc-name' },
  ];
  const typed = (field: Field): void => {
    if (field !== number) return;
    paint();
    refit(cvc);
  };
  sequence.push(...makeSequence(specs, words, typed));
  const [number, expiry, cvc, holder] = sequence as [Field, Field, Field, Field];
  const save = state.canSave ? tickBox('save', texts.save) : null;
  paint();
  const root = element(
    'div',
    { class: 'grid' },
    shown(number, 'is-full', mark),
    shown(expiry),
    shown(cvc),
    shown(holder, 'is-full'),
    save?.root ?? null,
    state.livemode ? null : element('p', { class: 'hint is-full' }, texts.sandboxHint),
  );
  save?.root.classList.add('is-full');
  return {
    root,
    fields: sequence,
    call: () => {
      const { month = 0, year = 0 } = parseExpiry(expiry.text()) ?? {};
      return {
        card: {
          number: number.text().replace(/\D/g, ''),
          expMonth: month,
          expYear: year,
          cvc: cvc.text(),
          name: holder.text().trim(),
        },
        ...(save === null ? {} : { save: save.input.checked }),
      };
    },
  };
}

/** A card that is known; its security code says that the customer holds it. */
function savedPanel({ id, brand }: SavedCard, { fields: words }: Speech): Panel {
  const spec = { ...cvcSpec(words, () => brand), key: `cvc-${id}` };
  const fields = makeSequence([spec], words, () => {});
  const root = element('div', { class: 'grid' }, ...fields.map((field) => shown(field)));
  return {
    root,
    fields,
    call: () => ({ savedCard: id, cvc: fields[0]?.text() ?? '' }),
  };
}

/** A debit: its fields, whose account it is, and what the customer agrees to. */
function debitPanel(
  specs: Parameters<typeof makeSequence>[0],
  terms: string,
  state: CheckoutState,
  { fields: words, ...speech }: Speech,
  call: (text: (key: string) => string) => Partial<PayCall>,
): Panel {
  const prefix = specs[0]?.key ?? '';
  const name = { ...nameSpec(words), key: `${prefix}-name` };
  // Where notices of the debit go, unless that is asked for above or known.
  const asks = state.email === '' && !state.collect.email;
  const whole = { ...speech, fields: words };
  const email = asks ? emailField(`${prefix}-email`, '', whole) : null;
  const sequence = makeSequence([name, ...specs], words, () => {});
  const fields = email === null ? sequence : [...sequence, email];
  const text = (key: string): string =>
    fields
      .find((field) => field.spec.key === key)
      ?.text()
      .trim() ?? '';
  return {
    root: element(
      'div',
      { class: 'grid' },
      ...fields.map((field) => shown(field, 'is-full')),
      element('p', { class: 'hint is-full' }, filled(terms, { shop: state.merchant })),
    ),
    fields,
    call: () => ({
      ...call(text),
      accountName: text(name.key),
      email: email === null ? state.email : email.text().trim(),
      agreed: true,
    }),
  };
}

function textPanel(text: string): Panel {
  return { root: element('p', { class: 'hint' }, text), fields: [], call: () => ({}) };
}

/** The panel of a way to pay. @param card the one that is chosen, of a saved one */
export function makePanel(
  method: CheckoutMethod,
  state: CheckoutState,
  speech: Speech,
  card: SavedCard | null,
): Panel {
  const { texts, fields: words } = speech;
  switch (method) {
    case 'saved_card':
      return card === null ? textPanel('') : savedPanel(card, speech);
    case 'card':
      return cardPanel(state, speech);
    case 'device_wallet':
      return textPanel(texts.deviceHint);
    case 'code_wallet':
      return textPanel(texts.codeHint);
    case 'sepa_debit':
      return debitPanel([ibanSpec()], words.sepaTerms, state, speech, (text) => ({
        iban: text('iban').replaceAll(' ', ''),
      }));
    case 'us_bank_account': {
      const specs = [routingSpec(words), accountSpec(words)];
      return debitPanel(specs, words.bankTerms, state, speech, (text) => ({
        routingNumber: text('routingNumber'),
        accountNumber: text('accountNumber'),
      }));
    }
  }
}
