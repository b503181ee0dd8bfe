import { backspaceCaret, formatTyped } from './caret.js';
import { element, errorMark } from './elements.js';
import type { Texts } from './texts.js';
import { type FaultCode, INCOMPLETE, type Verdict } from './verdict.js';

/** What a field is, as data. */
export interface FieldSpec {
  /** The field among its siblings; its text is kept under this when a form is drawn anew. */
  readonly key: string;
  /** `name` of the input, as tests of pages with Stripe.js look it up. */
  readonly name: string;
  readonly label: string;
  readonly placeholder: string;
  readonly autocomplete: string;
  readonly inputMode: 'numeric' | 'text' | 'email';
  readonly incomplete: FaultCode;
  format(text: string): string;
  judge(text: string): Verdict;
}

/** What happens in a field, for those who keep several. */
export interface FieldEvents {
  changed(field: Field): void;
  /** Nothing more can follow in this one. */
  filled(field: Field): void;
  /** Backspace in an empty field. */
  emptied(field: Field): void;
}

export interface Field {
  readonly spec: FieldSpec;
  readonly input: HTMLInputElement;
  readonly label: HTMLLabelElement;
  /** Where the field says what is wrong. */
  readonly message: HTMLElement;
  text(): string;
  set(text: string): void;
  verdict(): Verdict;
  /** Whether the browser has filled it in, and nobody has changed that. */
  autofilled(): boolean;
  /** What is shown as wrong. */
  fault(): FaultCode | null;
  /** From now on what is missing counts as wrong; for a field that is left, or asked about. */
  insist(): void;
  /** Judges and paints anew: what its verdict depends on has changed. */
  refresh(): void;
}

/** A text field that formats what is typed and knows what is wrong with it. */
export function makeField(spec: FieldSpec, texts: Texts, events: FieldEvents): Field {
  const id = `Field-${spec.key}Input`;
  const input = element('input', {
    id,
    name: spec.name,
    class: 'Input',
    type: 'text',
    placeholder: spec.placeholder,
    autocomplete: spec.autocomplete,
    inputmode: spec.inputMode,
    autocapitalize: 'off',
    autocorrect: 'off',
    spellcheck: 'false',
    'aria-required': 'true',
    'aria-invalid': 'false',
  });
  const label = element('label', { for: id, class: 'Label' }, spec.label);
  const message = element('p', { id: `${id}-error`, class: 'Error', role: 'alert' });
  let insisted = false;
  const verdict = (): Verdict => spec.judge(input.value);
  const fault = (): FaultCode | null => {
    const found = verdict();
    return found.fault ?? (insisted && !found.complete ? spec.incomplete : null);
  };
  const refresh = (): void => {
    const found = fault();
    const states = { empty: input.value === '', invalid: found !== null };
    for (const [state, on] of Object.entries({ ...states, complete: verdict().complete })) {
      input.classList.toggle(`is-${state}`, on);
      input.classList.toggle(`Input--${state}`, on);
    }
    input.setAttribute('aria-invalid', String(found !== null));
    if (found === null) input.removeAttribute('aria-describedby');
    else input.setAttribute('aria-describedby', message.id);
    const text = found === null ? '' : texts.faults[found];
    // Said once: setting the same text again would be read out again.
    if (message.textContent !== text)
      message.replaceChildren(...(text === '' ? [] : [errorMark(), text]));
  };
  let filledIn = false;
  const set = (text: string): void => {
    input.value = spec.format(text);
    insisted = filledIn = false;
    refresh();
  };
  const insist = (): void => {
    insisted = true;
    refresh();
  };
  const field = { spec, input, label, message, text: () => input.value, set, verdict, fault };
  const whole: Field = { ...field, insist, refresh, autofilled: () => filledIn };
  listen(whole, events, () => {
    insisted = false;
    // Asked before the text is formatted: browsers forget it where a script sets the value.
    filledIn = input.matches(':autofill');
  });
  refresh();
  return whole;
}

/** Follows what is done in a field. `typed`: what is missing is no fault while it is typed. */
function listen(field: Field, events: FieldEvents, typed: () => void): void {
  const { input, spec, verdict, refresh, insist } = field;
  input.addEventListener('input', (event) => {
    typed();
    retype(input, spec, event as InputEvent);
    refresh();
    events.changed(field);
    if (verdict().full && input.selectionStart === input.value.length) events.filled(field);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Backspace' || input.selectionStart !== input.selectionEnd) return;
    if (input.value === '') {
      event.preventDefault();
      events.emptied(field);
      return;
    }
    const caret = backspaceCaret(input.value, input.selectionStart ?? 0);
    if (caret > 0) input.setSelectionRange(caret, caret);
  });
  input.addEventListener('blur', () => {
    if (input.value === '' || verdict() !== INCOMPLETE) return;
    insist();
    events.changed(field);
  });
}

function retype(input: HTMLInputElement, { format }: FieldSpec, event: InputEvent): void {
  const { value } = input;
  // What was deleted at the end is not to come back as formatting.
  const isDeletion = event.inputType?.startsWith('delete') === true;
  const typed = { text: value, caret: input.selectionStart ?? value.length };
  const next = formatTyped(typed, format);
  const text = isDeletion ? next.text.replace(/[ /]+$/, '') : next.text;
  if (text === value) return;
  input.value = text;
  const caret = Math.min(next.caret, text.length);
  input.setSelectionRange(caret, caret);
}
