import { ATTACHMENT_LIFECYCLE, attachment } from '../domain/customer.js';
import { type Failure, isFailure } from '../domain/errors.js';
import type { JsonObject, Metadata } from '../domain/json.js';
import { step } from '../domain/lifecycle.js';
import {
  type Address,
  type BillingDetails,
  type Card,
  EMPTY_BILLING,
  type PaymentMethod,
} from '../domain/payment-method.js';
import type { Token } from '../domain/token.js';
import type { BareCard, CardInput } from '../rails/rail.js';
import { accountOf, namedAccount } from './bank-accounts.js';
import { type Command, done, type Need, refused } from './command.js';
import { endMandates, needMandates } from './mandates.js';
import { changedFields } from './previous.js';
import type { Vault, Work } from './work.js';

/** Billing details as given: what is missing stays as it was. */
export type BillingInput = Partial<Omit<BillingDetails, 'address'>> & {
  address?: Partial<Address> | null;
};

/**
 * A card as typed. Where its security code has a field of its own, that was exchanged for a token:
 * the number's field never sees the code.
 */
export type TypedCard = CardInput & { readonly cvcToken?: string };

/** A payment method to be made. `card`: typed in, or by the id of a token. */
export interface MethodInput {
  type: string;
  card: TypedCard | { token: string } | null;
  billing: BillingInput;
  metadata: Metadata;
  allowRedisplay: PaymentMethod['allowRedisplay'];
  details: JsonObject | null;
}

/** Lays given billing details over the ones there are. */
export function mergeBilling(base: BillingDetails, input: BillingInput): BillingDetails {
  const { address, ...rest } = input;
  const merged = { ...base, ...rest };
  if (address === null) merged.address = EMPTY_BILLING.address;
  else if (address !== undefined) merged.address = { ...base.address, ...address };
  return merged;
}

/** A bare card with the fingerprint of its number. */
function printed(work: Work, card: BareCard, number: string): Card {
  return { ...card, fingerprint: work.context.vault.fingerprint(number) };
}

/** Test cards are a short list that everybody knows: their fingerprints may be kept at hand. */
const testFingerprints = new WeakMap<Vault, Map<string, string>>();

/** As `printed`, for the card that a name stands for; never for a number that somebody typed. */
export function printedTest(
  { context: { vault } }: Work,
  { card, number }: { readonly card: BareCard; readonly number: string },
): Card {
  let known = testFingerprints.get(vault);
  if (known === undefined) {
    known = new Map();
    testFingerprints.set(vault, known);
  }
  const fingerprint = known.get(number) ?? vault.fingerprint(number);
  known.set(number, fingerprint);
  return { ...card, fingerprint };
}

/** Names the rows that making a method from `input` reads. */
export function needMethodInput(need: Need, input: MethodInput | null): void {
  needCard(need, input?.card ?? null);
}

function needCard(need: Need, card: MethodInput['card']): void {
  if (card === null) return;
  if ('number' in card) need.card?.(card.number);
  const token = 'token' in card ? card.token : card.cvcToken;
  if (token !== undefined) need('tokens', token);
}

function cardOf(
  work: Work,
  input: MethodInput['card'],
  rowId: string,
): { card: Card; sealed: string | null; billing: BillingDetails } | Failure {
  const { cards, vault } = work.context;
  if (input === null) return { failure: 'card_invalid', reason: 'invalid_number', param: 'card' };
  if ('token' in input) return cardOfToken(work, input.token, rowId);
  const made = cards.create(input, work.now());
  if (!made.ok) return { failure: 'card_invalid', reason: made.code, param: made.param };
  const cvcGiven = input.cvcToken === undefined ? null : useCvcToken(work, input.cvcToken);
  if (cvcGiven !== null && isFailure(cvcGiven)) return cvcGiven;
  return {
    card: { ...printed(work, made.card, made.number), ...cvcGiven },
    sealed: vault.seal(made.number, rowId),
    billing: EMPTY_BILLING,
  };
}

/** What a card is that has a security code: that it was given is all that is known of it. */
function useCvcToken(work: Work, id: string): Pick<Card, 'cvcCheck'> | Failure {
  const token = work.get('tokens', id);
  if (token === null || token.type !== 'cvc_update')
    return { failure: 'missing', kind: 'token', id, where: 'body', param: 'card[cvc_token]' };
  if (token.used) return { failure: 'token_used', token: id };
  work.update('tokens', { ...token, used: true });
  return { cvcCheck: 'unchecked' };
}

function cardOfToken(
  work: Work,
  id: string,
  rowId: string,
): { card: Card; sealed: string | null; billing: BillingDetails } | Failure {
  const { cards, vault } = work.context;
  const test = cards.fromTokenName(id, work.now());
  if (test !== null) return { card: printedTest(work, test), sealed: null, billing: EMPTY_BILLING };
  const token = work.get('tokens', id);
  if (token === null || token.card === null)
    return { failure: 'missing', kind: 'token', id, where: 'body', param: 'token' };
  if (token.used) return { failure: 'token_used', token: id };
  work.update('tokens', { ...token, used: true });
  const sealed =
    token.sealed === null ? null : vault.seal(vault.open(token.sealed, token.id), rowId);
  return { card: token.card, sealed, billing: token.billing };
}

/** Makes and inserts a payment method; nothing is attached. */
export function makeMethod(work: Work, input: MethodInput): PaymentMethod | Failure {
  const id = work.context.newId('pm_', 24);
  const card = input.type === 'card' ? cardOf(work, input.card, id) : null;
  if (card !== null && isFailure(card)) return card;
  const account = accountOf(work, input, id);
  if (account !== null && isFailure(account)) return account;
  return work.insert('methods', {
    account: work.accountId,
    id,
    customer: null,
    created: work.now(),
    type: input.type,
    billing: mergeBilling(card?.billing ?? EMPTY_BILLING, input.billing),
    metadata: input.metadata,
    card: card?.card ?? null,
    sealed: card?.sealed ?? account?.sealed ?? null,
    allowRedisplay: input.allowRedisplay,
    setUpFor: null,
    consumed: false,
    details: account?.details ?? input.details,
  });
}

/** A loaded method by id; the name of a test card becomes a new method each time it is used. */
export function findMethod(
  work: Work,
  id: string,
  where: 'path' | 'body',
): PaymentMethod | Failure {
  const stored = work.get('methods', id);
  if (stored !== null) return stored;
  const account = namedAccount(work, id);
  if (account !== null)
    return makeTestMethod(work, { type: account.type, details: account.details });
  const test = work.context.cards.fromMethodName(id, work.now());
  const param = where === 'body' ? 'payment_method' : null;
  if (test === null) return { failure: 'missing', kind: 'method', id, where, param };
  return makeTestMethod(work, { type: 'card', card: printedTest(work, test) });
}

/** Inserts a method that a name stands for: nobody typed it, so there is nothing to seal. */
export function makeTestMethod(
  work: Work,
  made: Pick<PaymentMethod, 'type'> & Partial<Pick<PaymentMethod, 'card' | 'details'>>,
): PaymentMethod {
  return work.insert('methods', {
    account: work.accountId,
    id: work.context.newId('pm_', 24),
    customer: null,
    created: work.now(),
    billing: EMPTY_BILLING,
    metadata: {},
    card: null,
    sealed: null,
    allowRedisplay: 'unspecified',
    setUpFor: null,
    consumed: false,
    details: null,
    ...made,
  });
}

/**
 * Attaches a method, asking its bank. The caller has checked that the customer exists, and tells
 * it when its turn comes.
 */
export function attachTo(
  work: Work,
  method: PaymentMethod,
  customer: string,
): PaymentMethod | Failure {
  const state = attachment(method);
  if (step(ATTACHMENT_LIFECYCLE, state, 'attach') === null)
    return { failure: 'method_consumed', method: method.id };
  if (method.customer === customer) return method;
  if (method.customer !== null) return { failure: 'method_already_attached', method: method.id };
  const decline = work.context.railFor(method.type)?.attach(method) ?? null;
  if (decline !== null) return { failure: 'attach_declined', decline };
  const card =
    method.card?.cvcCheck === 'unchecked'
      ? { ...method.card, cvcCheck: 'pass' as const }
      : method.card;
  return work.update('methods', { ...method, customer, card });
}

/** The method that is given: made of its data, or stored under an id; null for neither. */
export function givenMethod(
  work: Work,
  { method, methodData }: { method?: string | null; methodData?: MethodInput | null },
): PaymentMethod | Failure | null {
  if (methodData) return makeMethod(work, methodData);
  return method ? findMethod(work, method, 'body') : null;
}

/** Errors: card_invalid, token_used, missing (token). */
export function createMethod(account: string, input: MethodInput): Command<PaymentMethod> {
  return {
    account,
    needs: (need) => needMethodInput(need, input),
    decide: (work) => {
      const method = makeMethod(work, input);
      return isFailure(method) ? refused(method) : done(method);
    },
  };
}

export interface MethodChanges {
  billing?: BillingInput;
  metadata?: (old: Metadata) => Metadata;
  allowRedisplay?: PaymentMethod['allowRedisplay'];
  expiry?: { expMonth?: number; expYear?: number };
}

/** Errors: missing, method_not_attached. */
export function updateMethod(
  account: string,
  id: string,
  changes: MethodChanges,
): Command<PaymentMethod> {
  return {
    account,
    needs: (need) => void need('methods', id),
    decide: (work) => {
      const method = findMethod(work, id, 'path');
      if (isFailure(method)) return refused(method);
      const { billing, metadata, allowRedisplay, expiry } = changes;
      const next: PaymentMethod = { ...method };
      if (billing !== undefined) next.billing = mergeBilling(method.billing, billing);
      if (metadata !== undefined) next.metadata = metadata(method.metadata);
      if (allowRedisplay !== undefined) next.allowRedisplay = allowRedisplay;
      if (expiry !== undefined && method.card !== null) next.card = { ...method.card, ...expiry };
      work.update('methods', next);
      work.record('method.updated', { method: next }, changedFields(method, next));
      return done(next);
    },
  };
}

/** Errors: missing, method_consumed, method_already_attached, attach_declined. */
export function attachMethod(
  account: string,
  id: string,
  customerId: string,
): Command<PaymentMethod> {
  return {
    account,
    needs: (need) => {
      need('methods', id);
      need('customers', customerId);
    },
    decide: (work) => {
      const customer = findCustomer(work, customerId);
      if (isFailure(customer)) return refused(customer);
      const method = findMethod(work, id, 'path');
      if (isFailure(method)) return refused(method);
      const attached = attachTo(work, method, customerId);
      if (isFailure(attached)) return refused(attached);
      if (attached !== method) work.record('method.attached', { method: attached });
      return done(attached);
    },
  };
}

/** Errors: missing, method_not_attached. */
export function detachMethod(account: string, id: string): Command<PaymentMethod> {
  return {
    account,
    needs: (need) => {
      const method = need('methods', id);
      if (method) need('customers', method.customer);
      needMandates(need, method);
    },
    decide: (work) => {
      const method = findMethod(work, id, 'path');
      if (isFailure(method)) return refused(method);
      if (method.customer === null) return refused({ failure: 'method_not_attached', method: id });
      const { customer } = method;
      const detached = work.update('methods', { ...method, customer: null, consumed: true });
      work.record('method.detached', { method: detached }, { customer });
      endMandates(work, detached);
      const owner = work.get('customers', customer);
      if (owner?.defaultMethod === id) work.update('customers', { ...owner, defaultMethod: null });
      return done(detached);
    },
  };
}

/** The customer a body names; a deleted one is missing. */
export function findCustomer(work: Work, id: string, where: 'path' | 'body' = 'body') {
  const customer = work.get('customers', id);
  if (customer !== null && !customer.deleted) return customer;
  const param = where === 'body' ? 'customer' : 'id';
  return { failure: 'missing', kind: 'customer', id, where, param } as const;
}

/** Card data to be kept for one use. */
export interface TokenInput {
  card: TypedCard | null;
  billing: BillingInput;
  cvcUpdate: boolean;
  clientIp: string | null;
}

/** Errors: card_invalid; of a security code's token also missing, token_used. */
export function createToken(account: string, input: TokenInput): Command<Token> {
  return {
    account,
    needs: (need) => needCard(need, input.card),
    decide: (work) => {
      const id = work.context.newId('tok_', 24);
      const base = {
        account,
        id,
        created: work.now(),
        used: false,
        billing: mergeBilling(EMPTY_BILLING, input.billing),
        clientIp: input.clientIp,
      };
      if (input.cvcUpdate) {
        // The security code itself is never kept: that it was given is all there is.
        const token = { ...base, type: 'cvc_update' as const };
        return done(work.insert('tokens', { ...token, card: null, cardId: null, sealed: null }));
      }
      const card = cardOf(work, input.card, id);
      if (isFailure(card)) return refused(card);
      const cardId = work.context.newId('card_', 24);
      const { sealed } = card;
      const token = { ...base, type: 'card' as const, card: card.card, cardId, sealed };
      return done(work.insert('tokens', token));
    },
  };
}
