import type { StripeErrorCode } from './error-codes.js';

/**
 * The body of an error as the Stripe dialect sends it, and the errors that a parameter can cause
 * by itself. `status` is the HTTP status and is not part of the body; `doc_url` is added where
 * the error is rendered, because it follows from the code.
 */
export interface StripeError {
  status: number;
  type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  message: string;
  code?: string;
  param?: string;
  decline_code?: string;
  [extra: string]: unknown;
}

/** How many unknown parameters a message names: a hostile body must not become its own answer. */
export const unknown_names_max = 10;

/** How many characters of a name or value an error repeats. */
const echo_chars_max = 200;

/** A 400 `invalid_request_error`; `code` and `param` are left out where Stripe sends none. */
export function invalidRequest(
  message: string,
  param?: string,
  code?: StripeErrorCode,
): StripeError {
  const error: StripeError = { status: 400, type: 'invalid_request_error', message };
  if (code !== undefined) error.code = code;
  if (param !== undefined) error.param = param;
  return error;
}

/** A required parameter was not sent. */
export function missingParam(param: string): StripeError {
  return invalidRequest(`Missing required param: ${param}.`, param, 'parameter_missing');
}

/** Parameters that the method does not have; `param` is the first of them. */
export function unknownParams(params: readonly string[]): StripeError {
  const names = params.slice(0, unknown_names_max).map(echo);
  const noun = names.length === 1 ? 'parameter' : 'parameters';
  return invalidRequest(
    `Received unknown ${noun}: ${names.join(', ')}`,
    names[0] ?? '',
    'parameter_unknown',
  );
}

/** A value that is not written as a whole number, or is beyond what an integer here can hold. */
export function invalidInteger(value: string, param: string): StripeError {
  return invalidRequest(`Invalid integer: ${elide(value)}`, param, 'parameter_invalid_integer');
}

/** A whole number below the smallest one allowed. */
export function belowMinimum(minimum: number, param: string): StripeError {
  const message = `This value must be greater than or equal to ${minimum}.`;
  return invalidRequest(message, param, 'parameter_invalid_integer');
}

/** A whole number above the largest one allowed. */
export function aboveMaximum(maximum: number, param: string): StripeError {
  const message = `This value must be less than or equal to ${maximum}.`;
  return invalidRequest(message, param, 'parameter_invalid_integer');
}

/** A negative number where only zero and more make sense; Stripe sends no code here. */
export function negativeInteger(param: string): StripeError {
  return invalidRequest('Invalid non-negative integer', param);
}

/** An empty string for a parameter that has no unset state. */
export function emptyParam(param: string): StripeError {
  return invalidRequest(
    `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a ` +
      `parameter; however '${param}' cannot be unset. You should remove '${param}' from your ` +
      'request or supply a non-empty value.',
    param,
    'parameter_invalid_empty',
  );
}

/** A value outside a closed list. Stripe sends no code here. */
export function notOneOf(values: readonly string[], param: string): StripeError {
  const lead = values.length > 1 ? 'must be one of ' : 'must be ';
  return invalidRequest(`Invalid ${param}: ${lead}${orList(values)}`, param);
}

/** More characters than the parameter holds. */
export function tooLong(value: string, chars_max: number, param: string): StripeError {
  return invalidRequest(
    `Invalid string: ${elide(value)}; must be at most ${chars_max} characters`,
    param,
  );
}

/** Something nested where a plain value belongs; `shown` is its JSON. */
export function invalidString(shown: string, param: string): StripeError {
  return invalidRequest(`Invalid string: ${echo(shown)}`, param);
}

/** Neither `true` nor `false`. */
export function invalidBoolean(value: string, param: string): StripeError {
  return invalidRequest(`Invalid boolean: ${elide(value)}`, param);
}

/** A plain value or a hash where an array belongs. */
export function invalidArray(param: string): StripeError {
  return invalidRequest('Invalid array', param);
}

/** A plain value or an array where a hash belongs. */
export function invalidHash(param: string): StripeError {
  return invalidRequest('Invalid object', param);
}

/** An array with more elements than the parameter takes. */
export function tooManyItems(items_max: number, param: string): StripeError {
  return invalidRequest(`Array must contain no more than ${items_max} elements`, param);
}

/** Not an e-mail address. */
export function invalidEmail(value: string, param: string): StripeError {
  return invalidRequest(`Invalid email address: ${echo(value)}`, param, 'email_invalid');
}

/** Several parameters of which only one may be sent. */
export function exclusiveParams(params: readonly string[]): StripeError {
  const message = `You may only specify one of these parameters: ${params.join(', ')}.`;
  return invalidRequest(message, params[0], 'parameters_exclusive');
}

/**
 * Both cursors of a list. The dialect raises it after it has looked the cursors up, because an
 * unknown cursor is refused before this; so the parameter schemas cannot.
 */
export function bothCursors(): StripeError {
  return invalidRequest(
    'Received both starting_after and ending_before parameters. Please pass in only one.',
  );
}

/** `a`, `a or b`, `a, b, or c`: the comma before "or" is Stripe's. */
function orList(values: readonly string[]): string {
  const last = values.at(-1) ?? '';
  if (values.length < 2) return last;
  if (values.length === 2) return `${values[0]} or ${last}`;
  return `${values.slice(0, -1).join(', ')}, or ${last}`;
}

/** Ten characters from each end, as Stripe shows a long value. */
function elide(value: string): string {
  return value.length <= 25 ? value : `${value.slice(0, 10)}...${value.slice(-10)}`;
}

function echo(value: string): string {
  return value.length <= echo_chars_max ? value : `${value.slice(0, echo_chars_max)}...`;
}
