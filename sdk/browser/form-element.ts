import { type Focusable, type GroupSide, ShopElement } from './element.js';
import { demand } from './errors.js';
import { isObject, type Params, textOf } from './form.js';
import { COUNTRIES, type FieldName, labelOf, languageOf } from './form-texts.js';

const KINDS: Readonly<Record<string, readonly FieldName[]>> = {
  linkAuthentication: ['email'],
  address: ['name', 'country', 'line1', 'line2', 'city', 'state', 'postal_code'],
};

/** Whether elements of this type ask for what is no secret. */
export function isFormKind(type: string): boolean {
  return Object.hasOwn(KINDS, type);
}

const OPTIONAL: readonly FieldName[] = ['line2', 'state', 'phone'];

const AUTOCOMPLETE: Readonly<Record<FieldName, string>> = {
  email: 'email',
  name: 'name',
  country: 'country',
  line1: 'address-line1',
  line2: 'address-line2',
  city: 'address-level2',
  state: 'address-level1',
  postal_code: 'postal-code',
  phone: 'tel',
};

const STYLE = `
:host { display: grid; gap: 12px; font: 14px/1.4 system-ui, sans-serif; }
label { display: grid; gap: 4px; }
input, select { font: inherit; font-size: 16px; color: inherit; min-height: 44px; width: 100%;
  box-sizing: border-box; padding: 8px 12px; border-radius: 6px; background: Field;
  color: FieldText; border: 1px solid color-mix(in srgb, FieldText 45%, transparent); }
:focus-visible { outline: 2px solid #1f7a55; outline-offset: 1px; }
`;

type Field = HTMLInputElement | HTMLSelectElement;

/**
 * An element for an e-mail address or a postal address. Neither is secret, so their fields are in
 * the page itself, in a shadow root that the page's style sheet does not reach.
 */
export class FormElement extends ShopElement implements Focusable {
  readonly #kind: string;
  readonly #values: Partial<Record<FieldName, string>>;
  readonly #fields = new Map<FieldName, Field>();

  constructor(kind: string, options: Params, side: GroupSide, group: object) {
    super(kind, options, side, {
      type: kind,
      group,
      ask: async () => {
        demand(false, `A ${kind} Element holds no payment method.`);
      },
      refresh: async () => {},
      brand: () => {},
      details: () => this.#details(),
    });
    if (kind === 'address')
      demand(
        options.mode === 'shipping' || options.mode === 'billing',
        'You must supply options.mode. mode must be "billing" or "shipping".',
      );
    this.#kind = kind;
    this.#values = defaultsOf(options);
  }

  focus(): void {
    [...this.#fields.values()][0]?.focus();
  }

  blur(): void {
    for (const field of this.#fields.values()) field.blur();
  }

  clear(): void {
    for (const [name, field] of this.#fields) {
      field.value = '';
      this.#values[name] = '';
    }
  }

  async getValue(): Promise<Params> {
    return { complete: this.#complete(), isNewAddress: true, value: this.#value() };
  }

  protected draw(place: HTMLElement): void {
    const holder = document.createElement('div');
    holder.className = '__PrivateStripeElement';
    const root = holder.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const language = languageOf(this.side.locale(), navigator.language);
    for (const name of this.#names()) root.append(this.#line(name, language));
    root.addEventListener('focusin', () => this.emit('focus'));
    root.addEventListener('focusout', () => this.emit('blur'));
    place.replaceChildren(holder);
    setTimeout(() => this.emit('ready'));
  }

  protected erase(place: HTMLElement): void {
    this.#fields.clear();
    place.replaceChildren();
  }

  protected redraw(): void {
    if (this.place !== null) this.draw(this.place);
  }

  #names(): readonly FieldName[] {
    const { fields } = this.options;
    const withPhone = isObject(fields) && fields.phone === 'always';
    return [...(KINDS[this.#kind] ?? []), ...(withPhone ? (['phone'] as const) : [])];
  }

  #line(name: FieldName, language: string): HTMLElement {
    const label = document.createElement('label');
    const field = name === 'country' ? this.#countries(language) : document.createElement('input');
    if (name === 'email' || name === 'phone')
      field.setAttribute('type', name === 'email' ? 'email' : 'tel');
    field.setAttribute('autocomplete', AUTOCOMPLETE[name]);
    field.setAttribute('name', name);
    field.setAttribute('aria-required', String(!OPTIONAL.includes(name)));
    field.value = this.#values[name] ?? '';
    field.addEventListener('input', () => {
      this.#values[name] = field.value;
      this.#tell();
    });
    this.#fields.set(name, field);
    label.append(labelOf(name, language), field);
    return label;
  }

  #countries(language: string): HTMLSelectElement {
    const names = new Intl.DisplayNames([language], { type: 'region' });
    const { allowedCountries } = this.options;
    const codes = Array.isArray(allowedCountries) ? allowedCountries.map(String) : COUNTRIES;
    const options = codes
      .map((code) => ({ code, name: names.of(code) ?? code }))
      .sort((a, b) => a.name.localeCompare(b.name, language));
    const select = document.createElement('select');
    select.append(new Option('', ''), ...options.map(({ code, name }) => new Option(name, code)));
    return select;
  }

  #complete(): boolean {
    const has = (name: FieldName): boolean => (this.#values[name] ?? '').trim() !== '';
    if (this.#kind === 'linkAuthentication') return /^\S+@\S+\.\S+$/.test(this.#values.email ?? '');
    return this.#names().every((name) => OPTIONAL.includes(name) || has(name));
  }

  #value(): Params {
    const { email = '', name = '', phone, ...lines } = this.#values;
    if (this.#kind === 'linkAuthentication') return { email };
    const address = { line1: '', city: '', state: '', postal_code: '', country: '', ...lines };
    const more = phone === undefined ? {} : { phone };
    return { name, address: { ...address, line2: lines.line2 || null }, ...more };
  }

  #details(): Params | null {
    if (!this.#complete()) return null;
    const value = this.#value();
    return this.options.mode === 'shipping' ? { shipping: value } : { billing_details: value };
  }

  #tell(): void {
    const { mode } = this.options;
    const more = this.#kind === 'address' ? { elementMode: mode, isNewAddress: true } : {};
    const empty = Object.values(this.#values).every((value) => value === '');
    this.emit('change', { empty, complete: this.#complete(), value: this.#value(), ...more });
  }
}

function defaultsOf({ defaultValues }: Params): Partial<Record<FieldName, string>> {
  if (!isObject(defaultValues)) return {};
  const address = isObject(defaultValues.address) ? defaultValues.address : {};
  const values: Partial<Record<FieldName, string>> = {};
  for (const name of Object.keys(AUTOCOMPLETE) as FieldName[]) {
    const text = textOf(defaultValues, name) ?? textOf(address, name);
    if (text !== null) values[name] = text;
  }
  return values;
}
