import type { CheckoutState, DetailsCall } from '../../src/api/checkout/schema.js';
import { makeSequence } from '../frames/body.js';
import type { Field } from '../frames/field.js';
import { emailSpec } from '../frames/field-specs.js';
import { makeAddress } from './address.js';
import { group, shown, tickBox } from './inputs.js';
import type { Speech } from './texts.js';

/** What is asked of the customer beside the payment: e-mail address, billing, shipping. */
export interface Details {
  readonly nodes: readonly HTMLElement[];
  fields(): readonly Field[];
  /** What was entered, as the server is told. */
  call(): DetailsCall;
}

/** A field for an e-mail address. */
export function emailField(key: string, known: string, speech: Speech): Field {
  const spec = { ...emailSpec(speech.fields), key, autocomplete: 'email' };
  const [field] = makeSequence([spec], speech.fields, () => {}) as [Field];
  field.set(known);
  return field;
}

/** @param moved the customer has chosen another country */
export function makeDetails(state: CheckoutState, speech: Speech, moved: () => void): Details {
  const { texts } = speech;
  const { collect, country } = state;
  const email = collect.email ? emailField('email', state.email, speech) : null;
  const billing = collect.billing
    ? makeAddress('billing', state.billing, country, speech, moved)
    : null;
  const shipping = collect.shipping
    ? makeAddress('shipping', state.shipping, country, speech, () => {})
    : null;
  const same = billing && shipping ? tickBox('same', texts.sameAddress) : null;
  if (same !== null) same.input.checked = state.shipping === null;
  const own = (): typeof shipping => (same?.input.checked === true ? null : shipping);
  const paint = (): void => {
    if (shipping !== null) shipping.root.hidden = own() === null;
  };
  same?.input.addEventListener('change', paint);
  paint();
  const groups = [
    email && group(texts.contact, shown(email)),
    billing && group(texts.billing, billing.root),
    shipping && group(texts.shipping, same?.root ?? null, shipping.root),
  ];
  return {
    nodes: groups.filter((each) => each !== null),
    fields: () => [
      ...(email === null ? [] : [email]),
      ...(billing?.fields() ?? []),
      ...(own()?.fields() ?? []),
    ],
    call: () => ({
      ...(email === null ? {} : { email: email.text().trim() }),
      ...(billing === null ? {} : { billing: billing.value(), country: billing.value().country }),
      ...(shipping === null ? {} : { shipping: (own() ?? billing ?? shipping).value() }),
    }),
  };
}
