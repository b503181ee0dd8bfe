import type { CardParts, ChangeState, WireError } from '../../sdk/browser/protocol.js';
import type { Field, FieldEvents, FieldSpec } from './field.js';
import { makeField } from './field.js';
import type { Tree } from './form-encoding.js';
import type { Texts } from './texts.js';
import type { FaultCode } from './verdict.js';

/** What a frame holds, whichever its kind: fields, and what they say together. */
export interface Body {
  readonly root: HTMLElement;
  state(): ChangeState;
  /** Whatever is missing counts as wrong from now on. */
  insist(): void;
  focus(): void;
  clear(): void;
  collapse(): void;
  disable(on: boolean): void;
  brand(name: string): void;
  /** What was typed, by field, for a body that is drawn anew. */
  typed(): Readonly<Record<string, string>>;
  retype(typed: Readonly<Record<string, string>>): void;
  chosen(parts: CardParts | null): Chosen;
}

/** What the customer has put in, for the API: a method to be made, or one that exists. */
export type Chosen =
  | { readonly saved: string; readonly type: string }
  | { readonly saved: null; readonly type: string; readonly method: Tree; readonly billing: Tree };

/** An error as Stripe.js shows it for what was typed. */
export function wireFault(code: FaultCode | null, texts: Texts): WireError | null {
  return code && { type: 'validation_error', code, message: texts.faults[code] };
}

/** The first fault of some fields. */
export function firstFault(fields: readonly Field[]): FaultCode | null {
  for (const field of fields) {
    const fault = field.fault();
    if (fault !== null) return fault;
  }
  return null;
}

/** Judges a code anew whose number has become one of another network, and cuts off what is over. */
export function refit({ text, spec, set, refresh }: Field): void {
  if (spec.format(text()) !== text()) set(text());
  else refresh();
}

/** Moves the focus to the first field that needs something. */
export function focusNeedy(fields: readonly Field[]): void {
  const needy = fields.find((field) => field.fault() !== null || !field.verdict().complete);
  (needy ?? fields[0])?.input.focus();
}

/** Fields that hand over to each other: a full one to the next, Backspace to the one before. */
export function makeSequence(
  specs: readonly FieldSpec[],
  texts: Texts,
  changed: (field: Field) => void,
): Field[] {
  const fields: Field[] = [];
  const events: FieldEvents = {
    changed,
    filled: (field) => {
      // Filled in by the browser: the customer is elsewhere.
      if (document.activeElement !== field.input) return;
      fields[fields.indexOf(field) + 1]?.input.focus();
    },
    emptied: (field) => {
      const input = fields[fields.indexOf(field) - 1]?.input;
      input?.focus();
      input?.setSelectionRange(input.value.length, input.value.length);
    },
  };
  for (const spec of specs) fields.push(makeField(spec, texts, events));
  return fields;
}
