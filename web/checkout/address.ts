import type { PostalAddress } from '../../src/api/checkout/schema.js';
import { element } from '../frames/elements.js';
import type { Field } from '../frames/field.js';
import { formatPostal } from '../frames/short-codes.js';
import { countrySelect, shown, textField } from './inputs.js';
import type { Speech } from './texts.js';

/** An address that a customer fills in. */
export interface AddressForm {
  readonly root: HTMLElement;
  /** Those that count in the country that is chosen. */
  fields(): readonly Field[];
  value(): PostalAddress;
}

type Part = Exclude<keyof PostalAddress, 'country'>;

/** Where a letter does not arrive without the state. */
const WITH_STATE = new Set(['AU', 'BR', 'CA', 'IN', 'MX', 'US']);
/** Where it does not arrive without a postal code, as far as all addresses there have one. */
const WITH_POSTAL = new Set(
  (
    'AT AU BE BG BR CA CH CY CZ DE DK EE ES FI FR GB GR HR HU IN IT LT LU LV MT MX NL NO PL PT ' +
    'RO SE SI SK US'
  ).split(' '),
);

const TOKENS: Readonly<Record<Part, string>> = {
  name: 'name',
  line1: 'address-line1',
  line2: 'address-line2',
  city: 'address-level2',
  state: 'address-level1',
  postcode: 'postal-code',
};

/**
 * Makes an address of a kind, which is also the browser's word for it.
 * @param moved the customer has chosen a country
 */
export function makeAddress(
  kind: 'billing' | 'shipping',
  known: PostalAddress | null,
  country: string,
  speech: Speech,
  moved: () => void,
): AddressForm {
  const { texts, fields: words } = speech;
  const one = (part: Part, label: string, isOptional = false): Field => {
    const autocomplete = `${kind} ${TOKENS[part]}`;
    const field = textField({ key: `${kind}-${part}`, label, autocomplete, isOptional }, speech);
    field.set(known?.[part] ?? '');
    return field;
  };
  const parts: Readonly<Record<Part, Field>> = {
    name: one('name', words.name),
    line1: one('line1', texts.street),
    line2: one('line2', texts.line2, true),
    city: one('city', texts.city),
    state: one('state', texts.state),
    postcode: one('postcode', words.postal),
  };
  const chosen = countrySelect(
    `${kind}-country`,
    `${kind} country`,
    known?.country ?? country,
    speech,
  );
  const { select } = chosen;
  const boxes = new Map(
    Object.entries(parts).map(([part, field]) => [
      part,
      shown(field, part === 'city' || part === 'postcode' ? '' : 'is-full'),
    ]),
  );
  chosen.root.classList.add('is-full');
  const counts = (part: Part): boolean => {
    if (part === 'state') return WITH_STATE.has(select.value);
    return part !== 'postcode' || WITH_POSTAL.has(select.value);
  };
  const paint = (): void => {
    for (const part of ['state', 'postcode'] as const) {
      const box = boxes.get(part);
      if (box !== undefined) box.hidden = !counts(part);
    }
  };
  select.addEventListener('change', () => {
    paint();
    moved();
  });
  paint();
  const filledIn = (): Part[] =>
    (Object.keys(parts) as Part[]).filter((part) => counts(part) && parts[part].text() !== '');
  const textOf = (part: Part): string => {
    const text = parts[part].text().trim();
    return part === 'postcode' ? formatPostal(text, select.value) : text;
  };
  return {
    root: element('div', { class: 'grid' }, ...boxes.values(), chosen.root),
    fields: () => (Object.keys(parts) as Part[]).filter(counts).map((part) => parts[part]),
    value: () => ({
      ...Object.fromEntries(filledIn().map((part) => [part, textOf(part)])),
      country: select.value,
    }),
  };
}
