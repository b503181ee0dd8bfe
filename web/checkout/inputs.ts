import type { Money } from '../../src/api/checkout/schema.js';
import { COUNTRIES } from '../frames/countries.js';
import { element } from '../frames/elements.js';
import { type Field, type FieldEvents, type FieldSpec, makeField } from '../frames/field.js';
import { COMPLETE, INCOMPLETE } from '../frames/verdict.js';
import { fieldMoney, typedMoney } from './money.js';
import { filled, type Speech } from './texts.js';

/** A field of free text. */
export interface TextSpec {
  readonly key: string;
  readonly label: string;
  readonly autocomplete: string;
  readonly isOptional?: boolean;
}

const SILENT: FieldEvents = { changed: () => {}, filled: () => {}, emptied: () => {} };

/** A field of the frames' kind, with a text of its own for what is missing. */
function fieldWith(
  spec: Omit<FieldSpec, 'name' | 'placeholder' | 'incomplete' | 'inputMode'>,
  missing: string,
  speech: Speech,
  changed: (field: Field) => void,
): Field {
  const rest = { name: spec.key, placeholder: '', inputMode: 'text' } as const;
  const incomplete = 'incomplete_name';
  const faults = { ...speech.fields.faults, [incomplete]: missing };
  const events = { ...SILENT, changed };
  return makeField({ ...rest, incomplete, ...spec }, { ...speech.fields, faults }, events);
}

/** A field of free text that must not be empty, unless it may. */
export function textField(
  { key, label, autocomplete, isOptional = false }: TextSpec,
  speech: Speech,
): Field {
  const spec = {
    key,
    label: isOptional ? filled(speech.texts.optional, { label }) : label,
    autocomplete,
    format: (text: string) => text.trimStart(),
    judge: (text: string) => (isOptional || text.trim() !== '' ? COMPLETE : INCOMPLETE),
  };
  const field = fieldWith(spec, speech.texts.missing, speech, () => {});
  if (isOptional) field.input.setAttribute('aria-required', 'false');
  field.input.maxLength = 100;
  return field;
}

/**
 * A field of an amount above zero.
 * @param changed with minor units; null while it is none
 */
export function moneyField(
  key: string,
  label: string,
  given: Money,
  speech: Speech,
  changed: (value: number | null) => void,
): Field & { value(): number | null } {
  const { currency } = given;
  const value = (text: string): number | null => typedMoney(text, currency) || null;
  const example = fieldMoney(given.value > 0 ? given : { value: 500, currency }, speech.locale);
  const spec = {
    key,
    label: `${label} (${currency.toUpperCase()})`,
    autocomplete: 'off',
    format: (text: string) => text.replace(/[^\d.,]/g, ''),
    judge: (text: string) => (value(text) === null ? INCOMPLETE : COMPLETE),
  };
  const bad = filled(speech.texts.badAmount, { amount: example });
  const field = fieldWith(spec, bad, speech, ({ text }) => changed(value(text())));
  field.input.inputMode = 'decimal';
  if (given.value > 0) field.set(fieldMoney(given, speech.locale));
  return { ...field, value: () => value(field.text()) };
}

/** A field as it stands on the page: its label, what is typed, what is wrong with it. */
export function shown(field: Field, look = '', ...more: readonly Node[]): HTMLElement {
  const { label, input, message } = field;
  return element('div', { class: `field ${look}` }, label, boxed(input, ...more), message);
}

const boxed = (...inside: readonly Node[]): HTMLElement =>
  element('div', { class: 'box' }, ...inside);

/** A choice of a country, by ISO 3166. */
export function countrySelect(
  key: string,
  autocomplete: string,
  chosen: string,
  { locale, fields }: Speech,
): { readonly root: HTMLElement; readonly select: HTMLSelectElement } {
  const names = new Intl.DisplayNames([locale], { type: 'region' });
  const options = COUNTRIES.map((code) => [code, names.of(code) ?? code] as const)
    .sort((a, b) => a[1].localeCompare(b[1], locale))
    .map(([value, name]) => element('option', { value }, name));
  const id = `Field-${key}Input`;
  const attributes = { id, name: key, class: 'Input', autocomplete };
  const select = element('select', attributes, ...options);
  select.value = chosen;
  const label = element('label', { for: id, class: 'Label' }, fields.country);
  return { root: element('div', { class: 'field' }, label, boxed(select)), select };
}

/** A box to tick. */
export interface TickBox {
  readonly root: HTMLElement;
  readonly input: HTMLInputElement;
  /** Tells below the box what is wrong with it; empty: nothing. */
  fault(text: string): void;
}

/** Makes a box to tick. */
export function tickBox(key: string, label: string): TickBox {
  const id = `Field-${key}Input`;
  const input = element('input', { id, type: 'checkbox', name: key });
  const message = element('p', { class: 'Error', role: 'alert', id: `${id}-error` });
  const root = element(
    'div',
    { class: 'field' },
    element('label', { class: 'tick' }, input, element('span', {}, label)),
    message,
  );
  const fault = (text: string): void => {
    message.textContent = text;
    input.setAttribute('aria-invalid', String(text !== ''));
    if (text === '') input.removeAttribute('aria-describedby');
    else input.setAttribute('aria-describedby', message.id);
  };
  input.addEventListener('change', () => fault(''));
  return { root, input, fault };
}

/** A group of controls under a heading. */
export function group(legend: string, ...inside: readonly (Node | null)[]): HTMLFieldSetElement {
  return element('fieldset', { class: 'group' }, element('legend', {}, legend), ...inside);
}
