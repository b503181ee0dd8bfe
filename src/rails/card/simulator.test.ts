import { describe, expect, test } from 'vitest';
import { DECLINE_MESSAGES } from '../../domain/decline-messages.js';
import { EMPTY_BILLING, type PaymentMethod } from '../../domain/payment-method.js';
import {
  type AuthorizeRequest,
  type AuthorizeResult,
  DECLINE_ERROR_CODES,
  type Decline,
} from '../rail.js';
import { BEHAVIOURS, type BehaviourName } from './behaviours.js';
import { createCard } from './create-card.js';
import { cardSimulator } from './simulator.js';
import { TEST_CARDS } from './test-cards.js';

const NOW = Date.UTC(2026, 7, 15) / 1000;

function method(
  number: string,
  change: Partial<PaymentMethod> = {},
  cvc: string | null = '123',
): PaymentMethod {
  const made = createCard({ number, expMonth: 12, expYear: 34, cvc, now: NOW });
  if (!made.ok) throw new Error(`${number}: ${made.code}`);
  const card = { ...made.card, fingerprint: 'abcdefghijklmnop' };
  return {
    account: 'acct_1',
    id: 'pm_1',
    customer: null,
    created: NOW,
    type: 'card',
    billing: EMPTY_BILLING,
    metadata: {},
    card,
    sealed: null,
    allowRedisplay: 'unspecified',
    setUpFor: null,
    consumed: false,
    details: null,
    ...change,
  };
}

function authorize(number: string, change: Partial<AuthorizeRequest> = {}): AuthorizeResult {
  return cardSimulator.authorize({
    account: 'acct_1',
    attempt: 'ch_1',
    amount: 1099n,
    currency: 'usd',
    method: method(number),
    offSession: false,
    authenticated: false,
    setUpFor: null,
    requestChallenge: 'automatic',
    now: NOW,
    ...change,
  });
}

/** One word for a result: `ok`, `challenge`, or what it was refused for. */
function word(result: AuthorizeResult): string {
  if (result.outcome === 'succeeded') return 'ok';
  if (result.outcome === 'action_required') return 'challenge';
  return result.outcome === 'failed' ? refusalOf(result.decline) : 'unknown';
}

function refusalOf(decline: Decline | null): string {
  return decline === null ? 'ok' : (decline.declineCode ?? decline.code);
}

interface Story {
  attach: string;
  onSession: string;
  authenticated: string;
  offSession: string;
  offSessionSetUp: string;
  verified: string;
  asked: string;
  askedOffSession: string;
}

const AUTH = 'authentication_required';
const PLAIN = all('ok', { asked: 'challenge', askedOffSession: AUTH });
const ALWAYS = all('challenge', {
  attach: 'ok',
  authenticated: 'ok',
  offSession: AUTH,
  offSessionSetUp: AUTH,
  askedOffSession: AUTH,
});

function all(result: string, but: Partial<Story> = {}): Story {
  return {
    attach: result,
    onSession: result,
    authenticated: result,
    offSession: result,
    offSessionSetUp: result,
    verified: result,
    asked: result,
    askedOffSession: result,
    ...but,
  };
}

function refused(code: string): Story {
  return all(code, { asked: 'challenge', askedOffSession: AUTH });
}

/** What the published documentation says of each kind of card, situation by situation. */
const STORIES: Record<BehaviourName, Story> = {
  approves: PLAIN,
  generic_decline: refused('generic_decline'),
  insufficient_funds: refused('insufficient_funds'),
  lost_card: refused('lost_card'),
  stolen_card: refused('stolen_card'),
  velocity_exceeded: refused('card_velocity_exceeded'),
  expired_card: refused('expired_card'),
  incorrect_cvc: refused('incorrect_cvc'),
  processing_error: refused('processing_error'),
  attaches_then_declines: { ...refused('generic_decline'), attach: 'ok', verified: 'ok' },
  live_card: all('test_mode_live_card'),
  challenge_unless_set_up: { ...ALWAYS, offSessionSetUp: 'ok' },
  challenge_always: ALWAYS,
  challenge_already_set_up: { ...ALWAYS, offSession: 'ok', offSessionSetUp: 'ok' },
  challenge_then_insufficient_funds: { ...ALWAYS, authenticated: 'insufficient_funds' },
  challenge_then_declined: { ...ALWAYS, authenticated: 'generic_decline' },
  challenge_required_version_1: ALWAYS,
  challenge_optional: PLAIN,
  challenge_lookup_fails: all('ok', {
    asked: 'processing_error',
    askedOffSession: 'processing_error',
  }),
  challenge_required_lookup_fails: all('generic_decline', { attach: 'ok', verified: 'ok' }),
  challenge_frictionless: all('ok'),
  authentication_times_out: all('processing_error'),
  risk_blocked: { ...refused('fraudulent'), attach: 'ok', verified: 'ok' },
  risk_highest: PLAIN,
  risk_elevated: PLAIN,
  cvc_fails: PLAIN,
  cvc_fails_risk_elevated: PLAIN,
  available_at_once: PLAIN,
  dispute_fraudulent: PLAIN,
  dispute_not_received: PLAIN,
  dispute_inquiry: PLAIN,
  early_fraud_warning: PLAIN,
  refund_pending: PLAIN,
  refund_fails: PLAIN,
};

describe('every row of the table', () => {
  const rows = TEST_CARDS.map(({ number, behaviour }) => [number, behaviour] as const);

  test.each([...rows, ['4012888888881881', 'live_card'] as const])('%s %s', (number, behaviour) => {
    const setUp = method(number, { customer: 'cus_1', setUpFor: 'off_session' });
    const lived: Story = {
      attach: refusalOf(cardSimulator.attach(method(number))),
      onSession: word(authorize(number)),
      authenticated: word(authorize(number, { authenticated: true })),
      offSession: word(authorize(number, { offSession: true })),
      offSessionSetUp: word(authorize(number, { offSession: true, method: setUp })),
      verified: word(authorize(number, { amount: 0n, setUpFor: 'off_session' })),
      asked: word(authorize(number, { requestChallenge: 'any' })),
      askedOffSession: word(authorize(number, { requestChallenge: 'challenge', offSession: true })),
    };
    const unsupported = TEST_CARDS.find((row) => row.number === number)?.threeDSecureSupported;
    const told = STORIES[behaviour];
    expect(lived).toEqual(
      unsupported === false ? { ...told, asked: 'ok', askedOffSession: 'ok' } : told,
    );
  });

  test('leaves no behaviour without a card', () => {
    const used = new Set<string>([...TEST_CARDS.map(({ behaviour }) => behaviour), 'live_card']);
    expect(Object.keys(BEHAVIOURS).filter((name) => !used.has(name))).toEqual([]);
  });

  test('every refusal has a text of its own', () => {
    const texts = Object.keys(DECLINE_MESSAGES);
    for (const code of DECLINE_ERROR_CODES) expect(texts).toContain(code);
    for (const { payment, setUp } of Object.values(BEHAVIOURS)) {
      for (const refusal of [payment, setUp]) {
        if (refusal !== null) expect(texts).toContain(refusal.declineCode ?? refusal.code);
      }
    }
  });
});

describe('declines', () => {
  const ISSUER = {
    adviceCode: 'try_again_later',
    networkAdviceCode: null,
    networkDeclineCode: '01',
    reachedIssuer: true,
  };

  test.each([
    ['4000000000000002', 'card_declined', 'generic_decline'],
    ['4000000000000069', 'expired_card', null],
    ['4000000000000127', 'incorrect_cvc', null],
    ['4000000000000119', 'processing_error', null],
  ])('%s of a payment', (number, code, declineCode) => {
    expect(authorize(number)).toEqual({
      outcome: 'failed',
      decline: { ...ISSUER, code, declineCode },
    });
  });

  test.each([
    ['4000000000000002', 'card_declined', 'generic_decline'],
    ['4000000000000127', 'incorrect_cvc', 'incorrect_cvc'],
  ])('%s on set-up', (number, code, declineCode) => {
    const decline = { ...ISSUER, code, declineCode };
    expect(cardSimulator.attach(method(number))).toEqual(decline);
    expect(authorize(number, { amount: 0n })).toEqual({ outcome: 'failed', decline });
  });

  test('an expired card on set-up says so in the network\u2019s codes', () => {
    expect(cardSimulator.attach(method('4000000000000069'))).toEqual({
      code: 'expired_card',
      declineCode: 'expired_card',
      adviceCode: 'confirm_card_data',
      networkAdviceCode: '03',
      networkDeclineCode: '54',
      reachedIssuer: true,
    });
  });

  test('a challenge that nobody is there to answer never reaches the issuer', () => {
    expect(authorize('4000002760003184', { offSession: true })).toEqual({
      outcome: 'failed',
      decline: {
        code: 'authentication_required',
        declineCode: 'authentication_required',
        adviceCode: null,
        networkAdviceCode: null,
        networkDeclineCode: null,
        reachedIssuer: false,
      },
    });
  });

  test('a live card never reaches an issuer either; what risk rules block is on record', () => {
    expect(authorize('4012888888881881')).toMatchObject({
      decline: { reachedIssuer: false, networkDeclineCode: null },
    });
    expect(authorize('4100000000000019')).toMatchObject({
      decline: { reachedIssuer: true, adviceCode: 'do_not_try_again', networkDeclineCode: null },
    });
  });

  test('without a CVC none can be wrong', () => {
    const bare = method('4000000000000127', {}, null);
    expect(word(authorize('4000000000000127', { method: bare }))).toBe('ok');
    expect(cardSimulator.attach(bare)).toBeNull();
  });
});

describe('approvals', () => {
  function approval(number: string, change: Partial<AuthorizeRequest> = {}) {
    const result = authorize(number, change);
    if (result.outcome !== 'succeeded') throw new Error(word(result));
    return result.approval;
  }

  test('the same attempt gets the same answer, another one another', () => {
    const first = approval('4242424242424242');
    expect(approval('4242424242424242', { now: NOW + 60 })).toEqual(first);
    expect(first.authorizationCode).toMatch(/^\d{6}$/);
    expect(first.networkTransactionId).toMatch(/^\d{15}$/);
    const second = approval('4242424242424242', { attempt: 'ch_2' });
    expect(second.networkTransactionId).not.toBe(first.networkTransactionId);
  });

  test.each([
    ['4242424242424242', 'normal', 0, 64],
    ['4000000000009235', 'elevated', 65, 74],
    ['4000000000004954', 'highest', 75, 100],
  ])('%s has %s risk', (number, riskLevel, lowest, highest) => {
    const scores = Array.from({ length: 500 }, (_, index) => {
      const given = approval(number, { attempt: `ch_${index}` });
      expect(given.riskLevel).toBe(riskLevel);
      return given.riskScore;
    });
    expect(Math.min(...scores)).toBe(lowest);
    expect(Math.max(...scores)).toBe(highest);
  });

  test('tells how the CVC check went', () => {
    expect(approval('4242424242424242').cvcCheck).toBe('pass');
    expect(approval('4000000000000101').cvcCheck).toBe('fail');
    const bare = method('4000000000000101', {}, null);
    expect(approval('4000000000000101', { method: bare }).cvcCheck).toBeNull();
  });

  test.each([
    ['4242424242424242', null, false],
    ['4000000000000077', null, true],
    ['4000000000000259', 'dispute_fraudulent', false],
    ['4000000000002685', 'dispute_not_received', false],
    ['4000000000001976', 'dispute_inquiry', false],
    ['4000000000005423', 'early_fraud_warning', false],
    ['4000000000007726', 'refund_pending', false],
    ['4000000000005126', 'refund_fails', false],
  ])('%s: %s', (number, aftermath, availableAtOnce) => {
    expect(approval(number)).toMatchObject({ aftermath, availableAtOnce });
  });
});

test('the challenge is of the version that the card speaks', () => {
  expect(authorize('4000002760003184')).toEqual({ outcome: 'action_required', version: '2.2.0' });
  expect(authorize('4000000000003063')).toEqual({ outcome: 'action_required', version: '1.0.2' });
});

test('a set-up for payments with the customer present does not spare the challenge', () => {
  const onSession = method('4000002500003155', { setUpFor: 'on_session' });
  expect(word(authorize('4000002500003155', { method: onSession }))).toBe('challenge');
  const offSession = method('4000002500003155', { setUpFor: 'off_session' });
  expect(word(authorize('4000002500003155', { method: offSession }))).toBe('ok');
});

test('what is not a card of this rail is a mistake of the program', () => {
  expect(() => cardSimulator.attach(method('4242424242424242', { card: null }))).toThrow('not a');
  const other = method('4242424242424242');
  if (other.card !== null) other.card.behaviour = 'toString';
  expect(() => cardSimulator.attach(other)).toThrow('toString');
});
