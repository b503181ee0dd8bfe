import { FIELD_NAMES } from '../../sdk/dojo/protocol.js';
import { safeRule } from '../frames/safe-css.js';

type Styles = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Styles => typeof value === 'object' && value !== null;

/** Where each part of a field's style applies, below the field. */
const PARTS: Readonly<Record<string, string>> = {
  container: '',
  label: ' .Label',
  default: ' .Input',
  valid: ' .Input.is-complete',
  error: ' .Input.is-invalid',
  focus: ' .Input:focus',
  validFocus: ' .Input.is-complete:focus',
  errorFocus: ' .Input.is-invalid:focus',
  validationText: ' .Error',
  validationIcon: ' .Error .sign',
};

/** What a state's style may hold for a part of the field that CSS has a name for. */
const PSEUDO = ['::placeholder', '::selection', ':hover', ':-webkit-autofill'];

function fieldSheet(selector: string, styles: unknown): string {
  if (!isObject(styles)) return '';
  return Object.entries(PARTS)
    .map(([part, below]) => {
      const declarations = styles[part];
      if (!isObject(declarations)) return '';
      const target = `${selector}${below}`;
      const placeholder = declarations.placeholder ?? declarations['::placeholder'];
      const pseudo = PSEUDO.map((name) =>
        safeRule(target + name, name === '::placeholder' ? placeholder : declarations[name]),
      );
      return safeRule(target, declarations) + pseudo.join('');
    })
    .join('');
}

/**
 * The style sheet for the `styles` of a page: `base` for every field, then each field's own, of
 * which only properties and values that are known to be safe are left.
 */
export function cardSheet(styles: unknown): string {
  if (!isObject(styles)) return '';
  const own = FIELD_NAMES.map((name) => fieldSheet(`.card .field.${name}`, styles[name]));
  return [
    fieldSheet('.card .field', styles.base),
    ...own,
    safeRule('.card.card', styles.form),
    safeRule('.card .CardIcon', styles.cardIcon),
  ].join('');
}
