/**
 * What a shop may say about the look of a frame. All of it comes from a page that is not trusted
 * here: only properties that are known and values that can do nothing but look reach a style sheet.
 */

const VALUE_CHARS_MAX = 300;
const RULES_MAX = 200;

const FUNCTIONS = new Set(
  (
    'rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix calc min max clamp var ' +
    'cubic-bezier'
  ).split(' '),
);

/** The properties that the looks of Stripe.js know, as CSS writes them. */
const PROPERTIES = new Set(
  (
    '-moz-osx-font-smoothing -webkit-font-smoothing -webkit-text-fill-color background ' +
    'background-color border border-bottom border-bottom-color border-bottom-left-radius ' +
    'border-bottom-right-radius border-bottom-style border-bottom-width border-color border-left ' +
    'border-left-color border-left-style border-left-width border-radius border-right ' +
    'border-right-color border-right-style border-right-width border-style border-top ' +
    'border-top-color border-top-left-radius border-top-right-radius border-top-style ' +
    'border-top-width border-width box-shadow caret-color color fill font-family font-size ' +
    'font-style font-variant font-variation-settings font-weight letter-spacing line-height ' +
    'margin margin-bottom margin-left margin-right margin-top opacity outline outline-color ' +
    'outline-offset outline-style outline-width padding padding-bottom padding-left ' +
    'padding-right padding-top text-align text-decoration text-shadow text-transform'
  ).split(' '),
);

const kebab = (name: string): string =>
  name
    .replace(/^(webkit|moz|Webkit|Moz)(?=[A-Z])/, '-$1')
    .replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    .replace(/^-+/, '-');

/** A value that may stand in a style sheet, else null. */
export function safeValue(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text.length > VALUE_CHARS_MAX) return null;
  if (!/^[\p{L}\p{N}\s#.,%()'"+*/!_-]+$/u.test(text) || text.includes('/*')) return null;
  for (const [, name] of text.matchAll(/([\p{L}\p{N}_-]*)\s*\(/gu)) {
    if (name !== '' && !FUNCTIONS.has((name ?? '').toLowerCase())) return null;
  }
  return isBalanced(text) ? text.trim() : null;
}

function isBalanced(text: string): boolean {
  let depth = 0;
  let quote = '';
  for (const character of text) {
    if (quote !== '') {
      if (character === '\n') return false;
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0 && quote === '';
}

type Declarations = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Declarations =>
  typeof value === 'object' && value !== null;

/** A rule of those declarations that are known and safe; empty when none is. */
export function safeRule(selector: string, declarations: unknown): string {
  if (!isObject(declarations)) return '';
  const kept = Object.entries(declarations).flatMap(([name, value]) => {
    const property = name === 'fontSmoothing' ? '-webkit-font-smoothing' : kebab(name);
    const safe = PROPERTIES.has(property) ? safeValue(value) : null;
    return safe === null ? [] : [`${property}:${safe}`];
  });
  return kept.length === 0 ? '' : `${selector}{${kept.join(';')}}\n`;
}

const STATES = { base: '', empty: '.is-empty', complete: '.is-complete', invalid: '.is-invalid' };
const PSEUDO = [
  ':hover',
  ':focus',
  '::placeholder',
  '::selection',
  ':-webkit-autofill',
  ':disabled',
];

/** The style sheet for the `style` of a card's element: how each of its states looks. */
export function elementSheet(style: unknown): string {
  if (!isObject(style)) return '';
  let sheet = '';
  for (const [state, suffix] of Object.entries(STATES)) {
    const variant = style[state];
    if (!isObject(variant)) continue;
    const target = `.line input${suffix}`;
    const { padding, iconColor, ...rest } = variant;
    if (state === 'base') sheet += safeRule('.line', { padding });
    sheet += safeRule(target, rest) + safeRule(`.line${suffix} .icon`, { color: iconColor });
    // What stands in a number's place where there is no room has the number's look.
    if (state === 'base') sheet += safeRule('.line .last4', rest);
    for (const pseudo of PSEUDO) sheet += safeRule(target + pseudo, variant[pseudo]);
  }
  return sheet;
}

const CLASSES =
  'Input|Label|Error|Tab|TabLabel|TabIcon|Block|AccordionItem|TermsText|RedirectText|CardIcon';
const SELECTOR = new RegExp(
  `^\\.(?:${CLASSES})(?:--(?:invalid|empty|selected|complete|floating|resting|focused))?` +
    '(?::(?:hover|focus|focus-visible|focus-within|active|disabled|autofill))*' +
    '(?:::(?:placeholder|selection))?$',
);

/** The variables that the frame's own style sheet reads. */
const VARIABLES = new Set(
  (
    'accordionItemSpacing borderRadius colorBackground colorDanger colorPrimary colorSuccess ' +
    'colorText colorTextPlaceholder colorTextSecondary colorWarning focusBoxShadow focusOutline ' +
    'fontFamily fontLineHeight fontSizeBase fontSizeSm fontSizeXs fontWeightBold ' +
    'fontWeightLight fontWeightMedium fontWeightNormal gridColumnSpacing gridRowSpacing ' +
    'iconColor inputBoxShadow inputColorBorder inputFocusBoxShadow inputFocusColorBorder ' +
    'labelColorText labelFontSize labelFontWeight labelSpacing spacingUnit tabSpacing'
  ).split(' '),
);

/** The style sheet for an `appearance`: its variables, then its rules. */
export function appearanceSheet(appearance: {
  readonly variables?: unknown;
  readonly rules?: unknown;
}): string {
  const variables = Object.entries(isObject(appearance.variables) ? appearance.variables : {});
  const set = variables.flatMap(([name, value]) => {
    const safe = VARIABLES.has(name) ? safeValue(value) : null;
    return safe === null ? [] : [`--${name}:${safe}`];
  });
  const rules = Object.entries(isObject(appearance.rules) ? appearance.rules : {});
  return [
    set.length === 0 ? '' : `:root:root{${set.join(';')}}\n`,
    ...rules.slice(0, RULES_MAX).map(([selector, declarations]) => {
      const selectors = selector.split(',').map((each) => each.trim());
      const known = selectors.filter((each) => SELECTOR.test(each));
      return known.length === 0
        ? ''
        : safeRule(known.map((s) => `.form ${s}`).join(), declarations);
    }),
  ].join('');
}
