import type { ChangeState } from './protocol.js';

/** What the page's own style sheet may tell apart on an element's container. */
export interface Mood {
  readonly state: ChangeState | null;
  readonly focused: boolean;
}

const NAMES = ['base', 'focus', 'empty', 'complete', 'invalid', 'webkitAutofill'] as const;
type ClassName = (typeof NAMES)[number];

const DEFAULTS: Readonly<Record<ClassName, string>> = {
  base: 'StripeElement',
  focus: 'StripeElement--focus',
  empty: 'StripeElement--empty',
  complete: 'StripeElement--complete',
  invalid: 'StripeElement--invalid',
  webkitAutofill: 'StripeElement--webkit-autofill',
};

/** The classes that a container has, by the page's own names or Stripe.js's. */
export function classesOf(
  { state, focused }: Mood,
  own: Readonly<Record<string, unknown>>,
): string[] {
  const holds: Readonly<Record<ClassName, boolean>> = {
    base: true,
    focus: focused,
    empty: state?.empty ?? true,
    complete: state?.complete ?? false,
    invalid: (state?.error ?? null) !== null,
    webkitAutofill: state?.autofilled ?? false,
  };
  const classes = NAMES.filter((name) => holds[name]).flatMap((name) => {
    const given = own[name];
    return (typeof given === 'string' ? given : DEFAULTS[name]).split(/\s+/);
  });
  return [...new Set(classes.filter((each) => each !== ''))];
}
