import { currencyDigits } from '../domain/currency.js';
import type { Intent } from '../domain/intent.js';
import {
  INSTALLATION,
  type RendezvousMessage,
  type RendezvousRequest,
  type RequestTerms,
  type Submission,
} from '../domain/rendezvous.js';
import { type Command, type Decision, done, type Need, refused } from './command.js';
import { createIntent } from './intents.js';
import { type MessageInput, putMessage } from './rendezvous.js';
import type { Work } from './work.js';

/** What lies at a rendezvous: each null where there is none. */
export interface Rendezvous {
  readonly request: RendezvousRequest | null;
  /** The intent of a request for a payment, in its merchant's books. */
  readonly intent: Intent | null;
  /** What a wallet has signed for it. */
  readonly submission: Submission | null;
}

/** A request as the dialect has read it from its message. */
export interface RequestInput {
  /** The rendezvous public key, base58. */
  readonly id: string;
  /** null where a login is all that is asked for. */
  readonly payment: {
    readonly terms: RequestTerms;
    /** In minor units of the terms' currency. */
    readonly amount: bigint;
    /** What is put down there once it is paid otherwise than by a wallet; null: it cannot be. */
    readonly paidMessage: MessageInput | null;
  } | null;
  readonly domain: string | null;
  readonly verifier: string | null;
  readonly message: MessageInput;
  /** Whose intent it is where nobody has claimed the destination. */
  readonly defaultMerchant: string;
  /** Seconds of business time until an unpaid intent is canceled. */
  readonly expiresInSeconds: number;
  /** Messages that may wait at one rendezvous. */
  readonly messages_max: number;
  /** Why what lies at the rendezvous forbids the request, by the dialect's rules; else null. */
  refuses(found: Rendezvous): string | null;
}

/** How the making of a request ended: the message that now lies there, or why there is none. */
export type RequestEnd = { readonly message: RendezvousMessage } | { readonly refused: string };

/** Names the rows of a rendezvous. */
export function needRendezvous(need: Need, id: string): RendezvousRequest | null | undefined {
  const request = need('requests', id);
  need.list('submissions', 'codeId', id);
  if (request?.intent) need.of(request.merchant)('intents', request.intent);
  return request;
}

/** What lies at a rendezvous; the command has asked for it with `needRendezvous`. */
export function rendezvousAt(work: Work, id: string): Rendezvous {
  const request = work.get('requests', id);
  const [submission = null] = work.list('submissions', 'codeId', id);
  const { merchant, intent = null } = request ?? {};
  return {
    request,
    intent: merchant && intent ? work.of(merchant).get('intents', intent) : null,
    submission,
  };
}

/**
 * Whether a wallet has done what the request asks for: it has logged in, or its payment is durable.
 * That a chain has not confirmed the payment yet makes no difference.
 */
export function isSubmitted({ request, intent, submission }: Rendezvous): boolean {
  if (intent === null) return submission !== null || (request !== null && request.login !== null);
  return intent.state === 'captured' || (intent.state === 'processing' && submission !== null);
}

/**
 * Whether the one payment of a request has failed, on a chain after a wallet was told that it is
 * submitted. The request's id is used up by then: it takes a new request to pay.
 */
export function hasFailed(found: Rendezvous): boolean {
  return found.intent !== null && found.submission !== null && !isSubmitted(found);
}

/**
 * Whether a request for a payment no longer asks for what its intent wants: for another sum, since
 * that was changed, or for money that is to be held, which a wallet's cannot be.
 */
export function isRetired({ currency, nativeAmount }: RequestTerms, intent: Intent): boolean {
  if (intent.captureMethod === 'manual' || intent.currency !== currency) return true;
  const minor = nativeAmount * 10 ** (currencyDigits(currency) ?? 0);
  return Math.abs(Number(intent.amount) - minor) >= 1;
}

/** Whether the request can be paid no more, and was not paid. */
export function isOver(found: Rendezvous): boolean {
  const { request, intent } = found;
  if (intent === null || isSubmitted(found)) return false;
  if (intent.state === 'canceled' || hasFailed(found)) return true;
  return request !== null && request.terms !== null && isRetired(request.terms, intent);
}

/**
 * Makes a request for a payment, a login or both: the merchant's intent, the request and its
 * message, all or none of them. The same request again succeeds with the message that lies there,
 * which is put down anew if it was taken away. Errors: limit_reached, those of `createIntent`.
 */
export function createRequest(input: RequestInput): Command<RequestEnd> {
  const { id, payment } = input;
  return {
    account: INSTALLATION,
    needs: (need) => {
      needRendezvous(need, id);
      need.list('messages', 'request', id);
      if (payment === null) return;
      const claim = need('destinations', payment.terms.destination);
      if (claim === undefined) return;
      const merchant = claim?.merchant ?? input.defaultMerchant;
      intentFor(input, payment, merchant).needs(need.of(merchant));
    },
    decide: (work) => {
      const found = rendezvousAt(work, id);
      const why = input.refuses(found);
      if (why !== null) return done({ refused: why });
      const waiting = work.list('messages', 'request', id);
      const said = waiting.find(({ kind }) => kind === input.message.kind);
      if (found.request !== null && said !== undefined) return done({ message: said });
      if (waiting.length >= input.messages_max) return refused(tooManyMessages(input.messages_max));
      if (found.request === null) {
        const failed = insertRequest(work, input);
        if (failed !== null) return failed;
      }
      return done({ message: putMessage(work, id, input.message) });
    },
  };
}

/** Writes the request and, where it asks for a payment, the intent; else answers why not. */
function insertRequest(work: Work, input: RequestInput): Decision<never> | null {
  const { id, payment, domain, verifier } = input;
  const claim = payment === null ? null : work.get('destinations', payment.terms.destination);
  const merchant = claim?.merchant ?? input.defaultMerchant;
  let intent: Intent | null = null;
  if (payment !== null) {
    const theirs = work.of(merchant);
    const decision = intentFor(input, payment, merchant).decide(theirs);
    if (decision.end !== 'done') return decision;
    intent = decision.value;
  }
  const terms = payment?.terms ?? null;
  const paidMessage = payment?.paidMessage ?? null;
  const named = { id, merchant, intent: intent?.id ?? null };
  putRequest(work, { ...named, terms, domain, verifier, paidMessage });
  return null;
}

/** Puts a request down at its rendezvous; `work` is over the installation's rows. */
export function putRequest(
  work: Work,
  asked: Pick<
    RendezvousRequest,
    'id' | 'merchant' | 'intent' | 'terms' | 'domain' | 'verifier' | 'paidMessage'
  >,
): RendezvousRequest {
  return work.insert('requests', {
    account: INSTALLATION,
    created: work.wallNow(),
    scannedAt: null,
    rejectedAt: null,
    login: null,
    webhook: null,
    ...asked,
  });
}

function intentFor(
  { id, expiresInSeconds }: RequestInput,
  { amount, terms, paidMessage }: NonNullable<RequestInput['payment']>,
  merchant: string,
): Command<Intent> {
  return createIntent(merchant, {
    dialect: 'code',
    amount,
    currency: terms.currency,
    methodTypes: paidMessage === null ? ['crypto'] : ['crypto', 'card'],
    captureMethod: 'automatic',
    confirmationMethod: 'automatic',
    confirm: null,
    expiresInSeconds,
    wire: { rendezvous: id, destination: terms.destination },
  });
}

/** A mark that a wallet's message leaves on the request. */
export type RequestMark = 'scannedAt' | 'rejectedAt';

/**
 * Puts a wallet's message down at a rendezvous and marks the request there, if there is one, with
 * the first such moment. Errors: limit_reached.
 */
export function leaveMessage(
  id: string,
  message: MessageInput,
  mark: RequestMark | null,
  messages_max: number,
): Command<RendezvousMessage> {
  return {
    account: INSTALLATION,
    needs: (need) => {
      need('requests', id);
      need.list('messages', 'request', id);
    },
    decide: (work) => {
      if (work.list('messages', 'request', id).length >= messages_max)
        return refused(tooManyMessages(messages_max));
      const request = work.get('requests', id);
      if (request !== null && mark !== null && request[mark] === null)
        work.update('requests', { ...request, [mark]: work.wallNow() });
      return done(putMessage(work, id, message));
    },
  };
}

/** A rendezvous that holds as many messages as it may. */
export function tooManyMessages(max: number) {
  return { failure: 'limit_reached', what: 'messages at a rendezvous', max } as const;
}
