import type {
  CardError,
  CardSetup,
  ErrorType,
  FieldName,
  FieldText,
} from '../../sdk/dojo/protocol.js';
import { brandOf } from '../frames/card-number.js';
import type { Field, FieldSpec } from '../frames/field.js';
import { cvcSpec, expirySpec, nameSpec, numberSpec } from '../frames/field-specs.js';
import type { Texts } from '../frames/texts.js';
import { COMPLETE, INCOMPLETE, wrong } from '../frames/verdict.js';

const PAST: ReadonlySet<string> = new Set([
  'invalid_expiry_month_past',
  'invalid_expiry_year_past',
]);

/** No name has so many digits: a number that is typed there by mistake is not to be kept. */
const NAME_DIGITS_MAX = 6;
const NAME_CHARS_MAX = 100;

/** What is wrong with a field, by the name that pages know it by; null where nothing is shown. */
export function errorTypeOf(field: Pick<Field, 'spec' | 'text' | 'fault'>): ErrorType | null {
  const fault = field.fault();
  if (fault === null) return null;
  const name = field.spec.key as FieldName;
  if (field.text().trim() === '') return `${name}Required`;
  if (name === 'expiryDate' && PAST.has(fault)) return 'expiryDateMustBeInFuture';
  return `${name}Invalid`;
}

/** All that is wrong with some fields, in the page's words where it has any. */
export function errorsOf(fields: readonly Field[]): CardError[] {
  return fields.flatMap((field) => {
    const errorType = errorTypeOf(field);
    return errorType === null ? [] : [{ errorType, message: field.message.textContent ?? '' }];
  });
}

/** The texts of faults, in the page's words; `shown` is what is wrong at the field that asks. */
export function wordedTexts(
  texts: Texts,
  errorMessages: CardSetup['errorMessages'],
  shown: () => ErrorType | null,
): Texts {
  const faults = new Proxy(texts.faults, {
    get: (known, code) => {
      const own = errorMessages[shown() as ErrorType];
      return typeof own === 'string' ? own : known[code as keyof typeof known];
    },
  });
  return { ...texts, faults };
}

/** The four fields, in their order, with the page's own labels. */
export function cardSpecs(
  texts: Texts,
  own: CardSetup['text'],
  number: () => string,
): readonly FieldSpec[] {
  const brand = (): string => brandOf(number()).name;
  const name: FieldSpec = {
    ...nameSpec(texts),
    autocomplete: 'cc-name',
    format: (text) => text.trimStart().slice(0, NAME_CHARS_MAX),
    judge: (text) => {
      if (text.replace(/\D/g, '').length > NAME_DIGITS_MAX) return wrong('incomplete_name');
      return text.trim() === '' ? INCOMPLETE : COMPLETE;
    },
  };
  const known: readonly (readonly [FieldName, FieldSpec])[] = [
    ['cardNumber', numberSpec(texts)],
    ['cardName', name],
    ['expiryDate', expirySpec(texts)],
    ['cv2', cvcSpec(texts, brand)],
  ];
  return known.map(([key, spec]) => {
    const { label = spec.label, placeholder = spec.placeholder }: FieldText = own[key] ?? {};
    return { ...spec, key, name: key, label: String(label), placeholder: String(placeholder) };
  });
}
