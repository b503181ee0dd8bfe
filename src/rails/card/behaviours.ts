import type { Aftermath, Approval, DeclineErrorCode } from '../rail.js';

/**
 * When a card wants its holder to authenticate.
 * `on_request`: when the merchant asks for it and the card supports it.
 * `unless_set_up`: until it was set up for payments without its holder.
 * `on_session`: whenever the holder is there; it counts as set up.
 * `lookup_fails`: never, and asking for it fails.
 */
export type ChallengeRule =
  | 'on_request'
  | 'unless_set_up'
  | 'on_session'
  | 'always'
  | 'never'
  | 'lookup_fails';

/** Why a card is refused, and by whom: `guard` is a refusal that no issuer was asked for. */
export interface Refusal {
  readonly code: DeclineErrorCode;
  readonly declineCode: string | null;
  readonly by: 'issuer' | 'risk_rules' | 'guard';
}

/** All that the simulator knows about how a card acts. */
export interface Behaviour {
  readonly challenge: ChallengeRule;
  readonly challengeVersion: '1.0.2' | '2.2.0';
  /** What a payment meets once no challenge is open. */
  readonly payment: Refusal | null;
  /** What saving the card meets: attaching it, or verifying it without an amount. */
  readonly setUp: Refusal | null;
  readonly cvcCheck: 'pass' | 'fail';
  readonly riskLevel: Approval['riskLevel'];
  readonly availableAtOnce: boolean;
  readonly aftermath: Aftermath | null;
}

const APPROVES: Behaviour = {
  challenge: 'on_request',
  challengeVersion: '2.2.0',
  payment: null,
  setUp: null,
  cvcCheck: 'pass',
  riskLevel: 'normal',
  availableAtOnce: false,
  aftermath: null,
};

const GENERIC = issuer('card_declined', 'generic_decline');
const INSUFFICIENT_FUNDS = issuer('card_declined', 'insufficient_funds');
const BLOCKED: Refusal = { code: 'card_declined', declineCode: 'fraudulent', by: 'risk_rules' };
const LIVE_CARD: Refusal = {
  code: 'card_declined',
  declineCode: 'test_mode_live_card',
  by: 'guard',
};

/** The authentication that the card needs gets no answer, so its issuer is never asked. */
const TIMED_OUT: Refusal = { code: 'processing_error', declineCode: null, by: 'guard' };

/** Every way a test card can act; a `Card` keeps the name. */
export const BEHAVIOURS = {
  approves: APPROVES,
  generic_decline: refuses(GENERIC),
  insufficient_funds: refuses(INSUFFICIENT_FUNDS),
  lost_card: refuses(issuer('card_declined', 'lost_card')),
  stolen_card: refuses(issuer('card_declined', 'stolen_card')),
  velocity_exceeded: refuses(issuer('card_declined', 'card_velocity_exceeded')),
  expired_card: refuses(issuer('expired_card', null)),
  incorrect_cvc: refuses(issuer('incorrect_cvc', null)),
  processing_error: refuses(issuer('processing_error', null)),
  attaches_then_declines: acts({ payment: GENERIC }),
  live_card: refuses(LIVE_CARD),

  challenge_unless_set_up: acts({ challenge: 'unless_set_up' }),
  challenge_always: acts({ challenge: 'always' }),
  challenge_already_set_up: acts({ challenge: 'on_session' }),
  challenge_then_insufficient_funds: acts({ challenge: 'always', payment: INSUFFICIENT_FUNDS }),
  challenge_then_declined: acts({ challenge: 'always', payment: GENERIC }),
  challenge_required_version_1: acts({ challenge: 'always', challengeVersion: '1.0.2' }),
  challenge_optional: acts({ challenge: 'on_request' }),
  challenge_lookup_fails: acts({ challenge: 'lookup_fails' }),
  challenge_required_lookup_fails: acts({ challenge: 'never', payment: GENERIC }),
  challenge_frictionless: acts({ challenge: 'never' }),
  authentication_times_out: { ...refuses(TIMED_OUT), challenge: 'never' },

  risk_blocked: acts({ payment: BLOCKED, riskLevel: 'highest' }),
  risk_highest: acts({ riskLevel: 'highest' }),
  risk_elevated: acts({ riskLevel: 'elevated' }),
  cvc_fails: acts({ cvcCheck: 'fail' }),
  cvc_fails_risk_elevated: acts({ cvcCheck: 'fail', riskLevel: 'elevated' }),

  available_at_once: acts({ availableAtOnce: true }),
  dispute_fraudulent: acts({ aftermath: 'dispute_fraudulent' }),
  dispute_not_received: acts({ aftermath: 'dispute_not_received' }),
  dispute_inquiry: acts({ aftermath: 'dispute_inquiry' }),
  early_fraud_warning: acts({ aftermath: 'early_fraud_warning' }),
  refund_pending: acts({ aftermath: 'refund_pending' }),
  refund_fails: acts({ aftermath: 'refund_fails' }),
} as const satisfies Record<string, Behaviour>;

export type BehaviourName = keyof typeof BEHAVIOURS;

const BY_NAME: ReadonlyMap<string, Behaviour> = new Map(Object.entries(BEHAVIOURS));

/** The behaviour of that name. Throws when there is none: the card is another rail's. */
export function behaviourOf(name: string): Behaviour {
  const behaviour = BY_NAME.get(name);
  if (behaviour === undefined) throw new Error(`no test card acts like ${name}`);
  return behaviour;
}

function acts(change: Partial<Behaviour>): Behaviour {
  return { ...APPROVES, ...change };
}

/** Such a card can be neither charged nor saved. */
function refuses(refusal: Refusal): Behaviour {
  return acts({ payment: refusal, setUp: refusal });
}

function issuer(code: DeclineErrorCode, declineCode: string | null): Refusal {
  return { code, declineCode, by: 'issuer' };
}
