import { declineMessage } from '../../../domain/decline-messages.js';
import type { DeclineCodes, Failure } from '../../../domain/errors.js';
import { isSetup, type Purpose } from '../../../engine/choice.js';
import { pageUrl } from '../../place.js';
import { wireId } from '../ids.js';
import type { View } from '../request.js';

/** How a try ended, by the numbers of Connect-E. */
export const STATUS = {
  successful: 0,
  /** The customer's bank asks something first. */
  authorizing: 3,
  /** The bank wants to be called. */
  referred: 4,
  declined: 5,
  failed: 30,
  processing: 40,
  /** Too many tries: no further one is taken. */
  revoked: 90,
  invalid: 400,
  tokenUsed: 401,
  noToken: 404,
} as const;

/** What the gateway answers: the number says how it went, at whatever HTTP status. */
export interface Outcome {
  readonly statusCode: number;
  /** For people, English. */
  readonly message: string;
  readonly authCode?: string;
  /** Of a challenge: what its page is opened with, by a form with the fields `MD` and `JWT`. */
  readonly md?: string;
  readonly stepUpUrl?: string;
  readonly paReq?: string;
  /** What is wrong with the request, by field. */
  readonly errors?: Readonly<Record<string, readonly string[]>>;
}

/** The outcome where a token was for a try that is over. */
export const TOKEN_USED: Outcome = {
  statusCode: STATUS.tokenUsed,
  message: 'The token is used up or has expired. Ask for a new one.',
};

/** The outcome where no token is ours. */
export const NO_TOKEN: Outcome = {
  statusCode: STATUS.noToken,
  message: 'There is no such token.',
};

/** The outcome of a request that cannot be carried out; `errors` name its fields. */
export function invalidOutcome(message: string, errors: Outcome['errors'] = {}): Outcome {
  return { statusCode: STATUS.invalid, message, errors };
}

/** A JSON Web Token that nobody has signed: its reader is a simulation that reads nothing. */
export function unsignedToken(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`;
}

/** How it stands. `authCode`: of the latest attempt; null where there is none. */
export function standing(purpose: Purpose, authCode: string | null, view: View): Outcome {
  const { state, challenge, lastError } = purpose;
  if (state === 'succeeded' || state === 'captured' || state === 'authorized')
    return {
      statusCode: STATUS.successful,
      message: 'Successful',
      ...(authCode === null ? {} : { authCode }),
    };
  if (challenge !== null) return steppedUp(purpose, challenge.secret, view);
  if (state === 'processing') return { statusCode: STATUS.processing, message: 'Processing' };
  if (lastError !== null) return declineOutcome(lastError);
  return invalidOutcome('Nothing was tried with this token.');
}

function steppedUp(purpose: Purpose, secret: string, view: View): Outcome {
  const { account, id } = purpose;
  const md = wireId(isSetup(purpose) ? 'setup' : 'intent', id, view.livemode);
  const page = pageUrl(view.publicUrl, 'challenge', { account, id, secret });
  return {
    statusCode: STATUS.authorizing,
    message: 'Authorizing',
    md,
    // The page stays where it is opened: whoever opened it asks for the outcome.
    stepUpUrl: `${page}?embedded=1`,
    paReq: unsignedToken({ ReferenceId: md, ReturnUrl: null }),
  };
}

function declineOutcome({ code, declineCode }: DeclineCodes): Outcome {
  if (/authentication_failure$/.test(code))
    return {
      statusCode: STATUS.declined,
      message: 'Your bank did not confirm that this is you. Try another card.',
    };
  const message = declineMessage(code, declineCode);
  if (declineCode === 'call_issuer') return { statusCode: STATUS.referred, message };
  const isFailed = code === 'processing_error' || declineCode === 'processing_error';
  return { statusCode: isFailed ? STATUS.failed : STATUS.declined, message };
}

/** The fields of a typed card, by the names that the card rail has for them. */
const CARD_FIELDS: Readonly<Record<string, string>> = {
  number: 'CardNumber',
  exp_month: 'ExpiryDate',
  exp_year: 'ExpiryDate',
  cvc: 'CV2',
};

/** The outcome of a try that came to nothing. */
export function failureOutcome(failure: Failure): Outcome {
  switch (failure.failure) {
    case 'token_used':
    case 'intent_state':
    case 'setup_state':
      return TOKEN_USED;
    case 'declined':
    case 'setup_declined':
      return declineOutcome(failure.decline);
    case 'card_invalid': {
      const field = CARD_FIELDS[failure.param] ?? 'CardNumber';
      const text = declineMessage(failure.reason, null);
      return invalidOutcome(text, { [field]: [text] });
    }
    case 'missing':
      return failure.kind === 'method'
        ? invalidOutcome('There is no such saved card.')
        : { ...NO_TOKEN };
    case 'rail_cannot':
      return invalidOutcome(`This payment does not take ${failure.rail}.`);
    case 'limit_reached':
      return failure.what === 'metadata'
        ? invalidOutcome(`There are more than ${failure.max} entries of metadata.`)
        : {
            statusCode: STATUS.revoked,
            message: 'Too many tries. Ask the shop for a new payment.',
          };
    case 'method_consumed':
    case 'method_customer_missing':
    case 'method_customer_mismatch':
    case 'setup_method_customer':
      return invalidOutcome('There is no such saved card.');
    case 'overloaded':
      return { statusCode: STATUS.failed, message: 'The server is busy. Try again in a moment.' };
    default:
      return invalidOutcome('This payment cannot be made in this way.');
  }
}
