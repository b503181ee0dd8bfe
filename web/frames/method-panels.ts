import type { FrameSetup } from '../../sdk/browser/protocol.js';
import { makeSequence, refit } from './body.js';
import { cardHash } from './card-hash.js';
import { brandOf } from './card-number.js';
import { COUNTRIES } from './countries.js';
import { cardMark, element } from './elements.js';
import type { Field, FieldSpec } from './field.js';
import {
  accountSpec,
  cvcSpec,
  emailSpec,
  expirySpec,
  ibanSpec,
  nameSpec,
  numberSpec,
  postalSpec,
  routingSpec,
} from './field-specs.js';
import type { Tree } from './form-encoding.js';
import type { Texts } from './texts.js';

/** The fields of one type of payment method, and what they come to. */
export interface Panel {
  readonly root: HTMLElement;
  /** Those that count: a postal code does not where the country needs none. */
  fields(): readonly Field[];
  readonly selects: readonly HTMLSelectElement[];
  method(): Tree;
  billing(): Tree;
  /** Selects have got another value. */
  refresh(): void;
}

/** What all panels of a form are made with. */
export interface PanelSetting {
  readonly setup: FrameSetup;
  readonly texts: Texts;
  readonly language: string;
  readonly region: string;
  changed(): void;
}

/** The countries whose cards are checked by postal code. */
const WITH_POSTAL = new Set(['US', 'CA', 'GB']);

/** Whether the shop asks for a billing detail elsewhere: `name`, `address.postalCode` … */
function isHidden({ setup }: PanelSetting, path: string): boolean {
  let at: unknown = (setup.options.fields as Tree | undefined)?.billingDetails;
  for (const name of path.split('.')) {
    if (at === 'never') return true;
    at = (at as Tree | undefined)?.[name];
  }
  return at === 'never';
}

function defaultOf({ setup }: PanelSetting, path: string): string {
  let at: unknown = (setup.options.defaultValues as Tree | undefined)?.billingDetails;
  for (const name of path.split('.')) at = (at as Tree | undefined)?.[name];
  return typeof at === 'string' ? at : '';
}

function shown(field: Field, ...more: readonly Node[]): HTMLElement {
  const { label, input, message } = field;
  const box = element('div', { class: 'box' }, input, ...more);
  return element('div', { class: 'field' }, label, box, message);
}

function makeSelect(
  key: string,
  label: string,
  options: Iterable<readonly [value: string, text: string]>,
  autocomplete: string,
): { root: HTMLElement; select: HTMLSelectElement } {
  const id = `Field-${key}Input`;
  const made = [...options].map(([value, text]) => element('option', { value }, text));
  const select = element('select', { id, name: key, class: 'Input', autocomplete }, ...made);
  const name = element('label', { for: id, class: 'Label' }, label);
  const box = element('div', { class: 'box is-select' }, select);
  return { root: element('div', { class: 'field' }, name, box), select };
}

function countryNames(language: string): [string, string][] {
  const names = new Intl.DisplayNames([language], { type: 'region' });
  const all = COUNTRIES.map((code): [string, string] => [code, names.of(code) ?? code]);
  return all.sort((a, b) => a[1].localeCompare(b[1], language));
}

/** Number, expiry and security code, the country, and its postal code where it needs one. */
export function cardPanel(setting: PanelSetting): Panel {
  const { texts, changed, language, region } = setting;
  const country = makeSelect('country', texts.country, countryNames(language), 'billing country');
  const { select } = country;
  select.value = defaultOf(setting, 'address.country') || region;
  if (select.value === '') select.value = 'US';
  const icon = element('span', { class: 'CardIcon' });
  const sequence: Field[] = [];
  const brand = (): string => brandOf(sequence[0]?.text() ?? '').name;
  const paint = (): void => icon.replaceChildren(cardMark(brand(), false));
  const specs = [
    numberSpec(texts),
    expirySpec(texts),
    cvcSpec(texts, brand),
    postalSpec(texts, () => select.value),
  ];
  const typed = (field: Field): void => {
    if (field === number) {
      paint();
      refit(cvc);
    }
    changed();
  };
  sequence.push(...makeSequence(specs, texts, typed));
  const [number, expiry, cvc, postal] = sequence as [Field, Field, Field, Field];
  postal.set(defaultOf(setting, 'address.postal_code'));
  const postalBox = shown(postal);
  const hasCountry = !isHidden(setting, 'address.country');
  const needsPostal = (): boolean =>
    !isHidden(setting, 'address.postalCode') && WITH_POSTAL.has(select.value);
  const refresh = (): void => {
    const isUs = select.value === 'US';
    postal.label.textContent = isUs ? texts.zip : texts.postal;
    postal.input.placeholder = isUs ? '12345' : '';
    postal.input.inputMode = isUs ? 'numeric' : 'text';
    postalBox.hidden = !needsPostal();
    postal.set(postal.text());
    paint();
  };
  select.addEventListener('change', () => {
    refresh();
    changed();
  });
  const root = element(
    'div',
    { class: 'grid' },
    shown(number, icon),
    shown(expiry),
    shown(cvc),
    hasCountry ? country.root : null,
    postalBox,
  );
  root.firstElementChild?.classList.add('is-full');
  refresh();
  return {
    root,
    fields: () => (needsPostal() ? sequence : [number, expiry, cvc]),
    selects: [select],
    method: () => ({
      card: cardHash({ number: number.text(), expiry: expiry.text(), cvc: cvc.text() }, null),
    }),
    billing: () => ({
      address: {
        country: hasCountry ? select.value : undefined,
        postal_code: needsPostal() ? postal.text() : undefined,
      },
    }),
    refresh,
  };
}

/** The name and e-mail address of a debit's payer, unless the shop has them. */
function payerSpecs(setting: PanelSetting): FieldSpec[] {
  const { texts } = setting;
  return [
    ...(isHidden(setting, 'name') ? [] : [nameSpec(texts)]),
    ...(isHidden(setting, 'email') ? [] : [emailSpec(texts)]),
  ];
}

function plainPanel(
  setting: PanelSetting,
  specs: readonly FieldSpec[],
  selects: readonly { root: HTMLElement; select: HTMLSelectElement }[],
  method: (text: (key: string) => string) => Tree,
): Panel {
  const fields = makeSequence(specs, setting.texts, setting.changed);
  for (const field of fields) {
    if (field.spec.key === 'name' || field.spec.key === 'email')
      field.set(defaultOf(setting, field.spec.key));
  }
  const root = element('div', { class: 'grid' });
  for (const field of fields) {
    root.append(shown(field));
    root.lastElementChild?.classList.add('is-full');
  }
  root.append(...selects.map((each) => each.root));
  const text = (key: string): string =>
    fields
      .find((field) => field.spec.key === key)
      ?.text()
      .trim() ?? '';
  return {
    root,
    fields: () => fields,
    selects: selects.map(({ select }) => select),
    method: () => method(text),
    billing: () => ({ name: text('name') || undefined, email: text('email') || undefined }),
    refresh: () => {},
  };
}

/** A debit in the single euro payments area. */
export function sepaPanel(setting: PanelSetting): Panel {
  const specs = [...payerSpecs(setting), ibanSpec()];
  return plainPanel(setting, specs, [], (text) => ({
    sepa_debit: { iban: text('iban').replaceAll(' ', '') },
  }));
}

/** A debit of an American account. */
export function usBankPanel(setting: PanelSetting): Panel {
  const { texts } = setting;
  const holder = makeSelect(
    'accountHolderType',
    texts.holder,
    [
      ['individual', texts.individual],
      ['company', texts.company],
    ],
    'off',
  );
  const type = makeSelect(
    'accountType',
    texts.accountType,
    [
      ['checking', texts.checking],
      ['savings', texts.savings],
    ],
    'off',
  );
  const specs = [...payerSpecs(setting), routingSpec(texts), accountSpec(texts)];
  return plainPanel(setting, specs, [holder, type], (text) => ({
    us_bank_account: {
      account_holder_type: holder.select.value,
      account_number: text('accountNumber'),
      account_type: type.select.value,
      routing_number: text('routingNumber'),
    },
  }));
}

/** A type that asks for nothing here: the customer goes to another page. */
export function redirectPanel(setting: PanelSetting, type: string): Panel {
  const panel = plainPanel(setting, [], [], () => ({ [type]: undefined }));
  panel.root.append(element('p', { class: 'RedirectText is-full' }, setting.texts.redirect));
  return panel;
}
