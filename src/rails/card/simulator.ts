import type { Card, PaymentMethod } from '../../domain/payment-method.js';
import { RAIL_ABILITIES } from '../../domain/rail-abilities.js';
import type { Approval, AtomicRail, AuthorizeRequest, AuthorizeResult, Decline } from '../rail.js';
import { type Behaviour, behaviourOf, type Refusal } from './behaviours.js';

/**
 * A card network for sandboxes: approves, challenges and refuses by the test card's row, from what
 * it is asked alone, so that asking again with the same attempt gives the same answer.
 */
export const cardSimulator: AtomicRail = {
  kind: 'atomic',
  name: 'card',
  abilities: RAIL_ABILITIES.card,
  authorize,
  attach,
};

/** An amount of zero verifies the card, as a setup intent does: it meets what attaching meets. */
function authorize(request: AuthorizeRequest): AuthorizeResult {
  const card = cardOf(request.method);
  const behaviour = behaviourOf(card.behaviour);
  const asked = request.requestChallenge !== 'automatic';
  if (asked && !request.authenticated && behaviour.challenge === 'lookup_fails') {
    return { outcome: 'failed', decline: LOOKUP_FAILED };
  }
  if (!request.authenticated && wantsChallenge(behaviour, card, request)) {
    return request.offSession
      ? { outcome: 'failed', decline: AUTHENTICATION_REQUIRED }
      : { outcome: 'action_required', version: behaviour.challengeVersion };
  }
  const verifies = request.amount === 0n;
  const refusal = relevant(verifies ? behaviour.setUp : behaviour.payment, card);
  if (refusal !== null && !(refusal.by === 'risk_rules' && request.riskAllowed === true)) {
    return { outcome: 'failed', decline: declineFor(refusal, verifies ? 'set_up' : 'payment') };
  }
  return { outcome: 'succeeded', approval: approve(request.attempt, card, behaviour) };
}

function attach(method: PaymentMethod): Decline | null {
  const card = cardOf(method);
  const refusal = relevant(behaviourOf(card.behaviour).setUp, card);
  return refusal === null ? null : declineFor(refusal, 'set_up');
}

function wantsChallenge(behaviour: Behaviour, card: Card, request: AuthorizeRequest): boolean {
  const asked = request.requestChallenge !== 'automatic';
  switch (behaviour.challenge) {
    case 'always':
      return true;
    case 'unless_set_up':
      return asked || request.method.setUpFor !== 'off_session';
    case 'on_session':
      return asked || !request.offSession;
    case 'on_request':
      return asked && card.threeDSecureSupported;
    case 'never':
    case 'lookup_fails':
      return false;
  }
}

/** Whoever gave no CVC cannot have given a wrong one. */
function relevant(refusal: Refusal | null, card: Card): Refusal | null {
  return refusal?.code === 'incorrect_cvc' && card.cvcCheck === null ? null : refusal;
}

/** Refused before the issuer was asked: it advises nothing. */
const AUTHENTICATION_REQUIRED: Decline = {
  code: 'authentication_required',
  declineCode: 'authentication_required',
  adviceCode: null,
  networkAdviceCode: null,
  networkDeclineCode: null,
  reachedIssuer: false,
};

const LOOKUP_FAILED: Decline = {
  ...AUTHENTICATION_REQUIRED,
  code: 'processing_error',
  declineCode: null,
};

/** The codes that recordings of the live API show beside each kind of refusal. */
function declineFor(refusal: Refusal, occasion: 'payment' | 'set_up'): Decline {
  const { code } = refusal;
  const declineCode = refusal.declineCode ?? (occasion === 'set_up' ? code : null);
  const silent = { adviceCode: null, networkAdviceCode: null, networkDeclineCode: null };
  if (refusal.by === 'guard') return { code, declineCode, ...silent, reachedIssuer: false };
  if (refusal.by === 'risk_rules') {
    // Our own rules blocked it; the attempt is on record all the same.
    return { code, declineCode, ...silent, adviceCode: 'do_not_try_again', reachedIssuer: true };
  }
  if (occasion === 'set_up' && code === 'expired_card') {
    return {
      code,
      declineCode,
      adviceCode: 'confirm_card_data',
      networkAdviceCode: '03',
      networkDeclineCode: '54',
      reachedIssuer: true,
    };
  }
  return {
    code,
    declineCode,
    adviceCode: 'try_again_later',
    networkAdviceCode: null,
    networkDeclineCode: '01',
    reachedIssuer: true,
  };
}

/** Scores from and to, both included; the field draws the lines at 65 and 75 of 100. */
const RISK_SCORES = {
  normal: [0, 64],
  elevated: [65, 74],
  highest: [75, 100],
} as const satisfies Record<Approval['riskLevel'], readonly [number, number]>;

function approve(attempt: string, card: Card, behaviour: Behaviour): Approval {
  const [lowest, highest] = RISK_SCORES[behaviour.riskLevel];
  return {
    authorizationCode: digits(hash(attempt, 1), 6),
    networkTransactionId: digits(hash(attempt, 2), 7) + digits(hash(attempt, 3), 8),
    cvcCheck: card.cvcCheck === null ? null : behaviour.cvcCheck,
    riskLevel: behaviour.riskLevel,
    riskScore: lowest + (hash(attempt, 4) % (highest - lowest + 1)),
    availableAtOnce: behaviour.availableAtOnce,
    aftermath: behaviour.aftermath,
  };
}

function digits(value: number, count: number): string {
  return (value % 10 ** count).toString().padStart(count, '0');
}

/** FNV-1a, finished as MurmurHash3 does: spreads ids that differ in one character. No secrets. */
function hash(text: string, seed: number): number {
  let value = 0x811c9dc5 ^ seed;
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

function cardOf(method: PaymentMethod): Card {
  if (method.card === null) throw new Error(`${method.id} is a ${method.type}, not a card`);
  return method.card;
}
