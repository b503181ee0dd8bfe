import { isSupportedCurrency, unsupportedCurrency } from '../currencies.js';
import { type StringFormat, string, unsettable } from '../params.js';
import { invalidEmail, invalidRequest } from '../wire-error.js';
import { paymentMethodTypes, unmodelledMethodTypes } from './payment-method-types.js';

/** The length of a statement descriptor; what a card statement has room for. */
export const statement_descriptor_chars_max = 22;

const emailFormat: StringFormat = {
  name: 'email',
  check: (value, param) => (isEmail(value) ? null : invalidEmail(value, param)),
};

const currencyFormat: StringFormat = {
  name: 'currency',
  normalize: (value) => value.toLowerCase(),
  check: (value, param) => (isSupportedCurrency(value) ? null : unsupportedCurrency(value, param)),
};

const webUrlFormat: StringFormat = {
  name: 'http-url',
  check: (value, param) => checkUrl(value, param, (scheme) => /^https?:$/.test(scheme)),
};

// Mobile apps are returned to by schemes of their own, so only those that a browser would run or
// read locally are refused: the address becomes a link on our pages.
const unsafeSchemes = new Set(['javascript:', 'data:', 'vbscript:', 'blob:', 'file:', 'about:']);

const returnUrlFormat: StringFormat = {
  name: 'url',
  check: (value, param) => checkUrl(value, param, (scheme) => !unsafeSchemes.has(scheme)),
};

const descriptorFormat: StringFormat = {
  name: 'statement-descriptor',
  check: checkStatementDescriptor,
};

const methodTypeFormat: StringFormat = {
  name: 'payment-method-type',
  check: (value, param) =>
    methodTypes.has(value) ? null : invalidRequest(unknownMethodType(value), param),
};

const methodTypes: ReadonlySet<string> = new Set([...paymentMethodTypes, ...unmodelledMethodTypes]);

/** An e-mail address of at most 512 characters; '' unsets it. */
export function email() {
  return unsettable(string({ chars_max: 512, format: emailFormat }));
}

/** A supported currency, in either case; parsed to lower case. */
export function currency() {
  return string({ format: currencyFormat });
}

/** An http or https address. */
export function webUrl() {
  return string({ format: webUrlFormat });
}

/** An absolute address that a browser may be sent back to; an app's own scheme is allowed. */
export function returnUrl() {
  return string({ format: returnUrlFormat });
}

/** What a card statement shows; '' unsets it. */
export function statementDescriptor() {
  return unsettable(string({ format: descriptorFormat }));
}

/** A payment method type, known or not configured here: the engine says which it can take. */
export function paymentMethodType() {
  return string({ format: methodTypeFormat });
}

/**
 * Stripe's rules: at most 22 characters, none of `< > \ ' " *`, and a Latin letter (which also
 * excludes a text of digits alone).
 * @returns null when the text can be printed
 */
export function checkStatementDescriptor(value: string, param: string) {
  const length = [...value].length;
  if (length > statement_descriptor_chars_max) {
    const shown = length <= 200 ? value : `${value.slice(0, 200)}...`;
    return invalidRequest(
      `The statement descriptor must be at most ${statement_descriptor_chars_max} characters. ` +
        `${shown} is ${length} characters long.`,
      param,
    );
  }
  const forbidden = /[<>\\'"*]/.exec(value);
  if (forbidden !== null) {
    return invalidRequest(`The statement descriptor cannot include ${forbidden[0]}.`, param);
  }
  if (!/[A-Za-z]/.test(value)) {
    const message = 'The statement descriptor must contain at least one Latin character.';
    return invalidRequest(message, param);
  }
  return null;
}

/** Refuses what cannot be delivered to, and no more: only a mail server knows the rest. */
function isEmail(value: string): boolean {
  const at = value.lastIndexOf('@');
  const domain = value.slice(at + 1);
  if (at < 1 || domain === '' || value.indexOf('@') !== at) return false;
  if (domain.startsWith('.') || domain.endsWith('.') || !domain.includes('.')) return false;
  for (const character of value) if (character <= ' ' || character === '\x7f') return false;
  return true;
}

function checkUrl(value: string, param: string, allows: (scheme: string) => boolean) {
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(value)) {
    const message = 'Invalid URL: An explicit scheme (such as https) must be provided.';
    return invalidRequest(message, param, 'url_invalid');
  }
  if (URL.canParse(value) && allows(new URL(value).protocol)) return null;
  return invalidRequest('Not a valid URL', param, 'url_invalid');
}

function unknownMethodType(value: string): string {
  const shown = value.length <= 100 ? value : `${value.slice(0, 100)}...`;
  return (
    `The payment method type provided: ${shown} is invalid. Please ensure the provided type is ` +
    'activated in your dashboard (https://dashboard.stripe.com/account/payments/settings) and ' +
    'your account is enabled for any preview features that you are trying to use. See ' +
    'https://stripe.com/docs/payments/payment-methods/integration-options for supported payment ' +
    'method and country combinations.'
  );
}

const apiVersionFormat: StringFormat = {
  name: 'api-version',
  // Stripe sends neither code nor param for a version.
  check: (value) =>
    /^\d{4}-\d{2}-\d{2}(?:\.[a-z]{1,30})?$/.test(value)
      ? null
      : invalidRequest(`Invalid Stripe API version: ${value.slice(0, 100)}`),
};

/** A version of Stripe's API, `2023-08-16` or `2026-10-28.endive`. */
export function apiVersion() {
  return string({ format: apiVersionFormat });
}
