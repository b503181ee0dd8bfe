import type { CardParts, ChangeState, FrameSetup } from '../../sdk/browser/protocol.js';
import { type Body, firstFault, focusNeedy, makeSequence, refit, wireFault } from './body.js';
import { cardHash } from './card-hash.js';
import { brandOf } from './card-number.js';
import { cardMark, element, errorMark } from './elements.js';
import type { Field, FieldSpec } from './field.js';
import { cvcSpec, expirySpec, numberSpec, postalSpec } from './field-specs.js';
import { postalCountry } from './short-codes.js';
import type { Texts } from './texts.js';

/** Where the fields are found by the names that Stripe.js gives them. */
const NAMES: Readonly<Record<string, string>> = {
  number: 'cardnumber',
  expiry: 'exp-date',
  cvc: 'cvc',
  postalCode: 'postal',
};

/** Width in `em` under which a number and the other fields do not stand beside each other. */
const NARROW_EM = 26;

interface Line {
  readonly setup: FrameSetup;
  readonly texts: Texts;
  readonly fields: readonly Field[];
  readonly root: HTMLElement;
  readonly icon: HTMLElement;
  /** What stands for a whole number where there is no room for it. */
  readonly last4: HTMLElement;
  /** Of a security code whose number is in another frame. */
  siblingBrand: string | null;
}

function specsOf(setup: FrameSetup, texts: Texts, region: string, line: () => Line): FieldSpec[] {
  const own = setup.options.placeholder;
  const named = (spec: FieldSpec, placeholder = spec.placeholder): FieldSpec => ({
    ...spec,
    name: NAMES[spec.key] ?? spec.name,
    placeholder: typeof own === 'string' && setup.kind !== 'card' ? own : placeholder,
  });
  const number = numberSpec(texts);
  const expiry = named(expirySpec(texts));
  const brand = (): string | null => {
    const field = fieldOf(line(), 'number');
    return field === undefined ? line().siblingBrand : brandOf(field.text()).name;
  };
  const cvc = named(cvcSpec(texts, brand));
  if (setup.kind === 'cardNumber') return [named(number)];
  if (setup.kind === 'cardExpiry') return [expiry];
  if (setup.kind === 'cardCvc') return [cvc];
  const card = [named(number, texts.number), expiry, cvc];
  if (setup.options.hidePostalCode === true) return card;
  const country = (text: string): string => postalCountry(region, text);
  const postal = postalSpec(texts, country);
  // The form is that of a guess: letters must stay possible.
  return [...card, { ...named(postal, texts.zipShort), inputMode: 'text' }];
}

const fieldOf = ({ fields }: Line, key: string): Field | undefined =>
  fields.find((field) => field.spec.key === key);

const textOf = (line: Line, key: string): string => fieldOf(line, key)?.text() ?? '';

/** The fields of a card in one line, or one alone. `region`: the customer's, by language. */
export function makeCardLine(
  setup: FrameSetup,
  texts: Texts,
  region: string,
  changed: () => void,
): Body {
  let line: Line | null = null;
  const it = (): Line => line as Line;
  const paint = (): void => paintLine(it());
  const specs = specsOf(setup, texts, region, it);
  const fields: Field[] = [];
  line = {
    setup,
    texts,
    fields,
    root: element('div', { class: 'line' }),
    icon: element('span', { class: 'icon' }),
    last4: element('span', { class: 'last4', 'aria-hidden': 'true' }),
    siblingBrand: null,
  };
  const sequence = makeSequence(specs, texts, (field) => {
    if (field.spec.key === 'number') fitCvc(it());
    paint();
    changed();
  });
  fields.push(...sequence);
  for (const field of fields) field.refresh();
  layOut(it());
  const postal = setup.options.value as { postalCode?: unknown } | undefined;
  if (typeof postal?.postalCode === 'string') fieldOf(it(), 'postalCode')?.set(postal.postalCode);
  paint();
  return bodyOf(it(), changed);
}

function layOut(line: Line): void {
  const { root, icon, fields, setup, last4 } = line;
  const { hideIcon, showIcon } = setup.options;
  const hasIcon = setup.kind === 'card' ? hideIcon !== true : showIcon === true;
  if (hasIcon && setup.kind !== 'cardExpiry') root.append(icon);
  for (const { spec, label, input, message } of fields) {
    label.className = message.className = 'unseen';
    // The shop shows the error; a reader that stands in the field hears it from here.
    message.setAttribute('role', 'status');
    const cell = element('div', { class: `cell ${spec.key}` }, label, input, message);
    if (spec.key === 'number' && setup.kind === 'card') {
      cell.append(last4);
      cell.addEventListener('click', () => input.focus());
    }
    root.append(cell);
    for (const type of ['focus', 'blur']) input.addEventListener(type, () => paintLine(line));
  }
  new ResizeObserver(() => paintLine(line)).observe(root);
}

function fitCvc(line: Line): void {
  const cvc = fieldOf(line, 'cvc');
  if (cvc !== undefined) refit(cvc);
}

function paintLine(line: Line): void {
  const { root, icon, last4, fields, setup } = line;
  const number = fieldOf(line, 'number');
  const active = document.activeElement;
  const isInvalid = firstFault(fields) !== null;
  for (const [state, on] of Object.entries({
    empty: fields.every((field) => field.text() === ''),
    complete: fields.every((field) => field.verdict().complete),
    invalid: isInvalid,
  }))
    root.classList.toggle(`is-${state}`, on);
  const isCvc = active === fieldOf(line, 'cvc')?.input || setup.kind === 'cardCvc';
  const mark = isCvc ? 'cvc' : brandOf(textOf(line, 'number')).name;
  const shown = isInvalid ? 'error' : mark;
  if (icon.dataset.shown !== shown) {
    icon.dataset.shown = shown;
    const isSolid = setup.options.iconStyle === 'solid';
    icon.replaceChildren(isInvalid ? errorMark() : cardMark(mark, isSolid));
  }
  if (number === undefined || setup.kind !== 'card') return;
  const em = Number.parseFloat(getComputedStyle(number.input).fontSize) || 16;
  const isNarrow = root.clientWidth < NARROW_EM * em;
  const isTyping = active === number.input;
  const hasText = number.text() !== '';
  const isLater = !isTyping && fields.slice(2).some((field) => field.input === active);
  root.classList.toggle('is-wide-number', isNarrow && isTyping && hasText);
  root.classList.toggle('is-short-number', isNarrow && !isTyping && (hasText || isLater));
  root.classList.toggle('is-bare', isNarrow && !hasText && !isLater);
  last4.textContent = number.text().replaceAll(' ', '').slice(-4) || '••••';
}

function stateOf(line: Line): ChangeState {
  const { setup, fields, texts } = line;
  const { kind } = setup;
  const hasNumber = kind === 'card' || kind === 'cardNumber';
  return {
    elementType: kind,
    empty: fields.every((field) => field.text() === ''),
    complete: fields.every((field) => field.verdict().complete),
    brand: hasNumber ? brandOf(textOf(line, 'number')).name : null,
    error: wireFault(firstFault(fields), texts),
    value: kind === 'card' ? { postalCode: textOf(line, 'postalCode') } : null,
    autofilled: fields.some((field) => field.autofilled()),
  };
}

function bodyOf(line: Line, changed: () => void): Body {
  const { fields, root } = line;
  const painted = (work: (field: Field) => void): void => {
    fields.forEach(work);
    paintLine(line);
    changed();
  };
  return {
    root,
    state: () => stateOf(line),
    insist: () => painted((field) => field.insist()),
    focus: () => focusNeedy(fields),
    clear: () => painted((field) => field.set('')),
    collapse: () => {},
    disable: (on) => {
      for (const { input } of fields) input.disabled = on;
      root.classList.toggle('is-disabled', on);
    },
    brand: (name) => {
      line.siblingBrand = name === 'unknown' ? null : name;
      fitCvc(line);
      changed();
    },
    typed: () => Object.fromEntries(fields.map(({ spec, text }) => [spec.key, text()])),
    retype: (typed) => {
      for (const field of fields) if (typed[field.spec.key]) field.set(typed[field.spec.key] ?? '');
      paintLine(line);
    },
    chosen: (parts: CardParts | null) => {
      const typed = {
        number: textOf(line, 'number'),
        expiry: textOf(line, 'expiry'),
        cvc: textOf(line, 'cvc'),
      };
      const postal = textOf(line, 'postalCode');
      return {
        saved: null,
        type: 'card',
        method: { card: cardHash(typed, parts) },
        billing: postal === '' ? {} : { address: { postal_code: postal } },
      };
    },
  };
}
