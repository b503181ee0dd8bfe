import type { Purpose } from '../../../engine/choice.js';
import type { Command } from '../../../engine/command.js';
import { coreId } from '../ids.js';
import type { View } from '../request.js';
import { type Faults, object, type Read, type Shape } from '../schema/shape.js';
import type { Session } from '../session-token.js';
import {
  cardBody,
  completionBody,
  detailsOf,
  savedBody,
  walletBody,
  walletDetailsOf,
} from './bodies.js';
import { deviceData } from './device-data.js';
import { readExpiry } from './expiry.js';
import { billingOf } from './terms.js';
import { completeByToken, isForSetup, tryByToken } from './tries.js';
import { isWalletToken, readWalletToken, type WalletKind } from './wallet-token.js';

/** What a request comes to: a decision, or an answer that changes nothing. */
type Planned = { readonly command: Command<Purpose> } | { readonly answer: (view: View) => object };

/** One of the gateway's calls. */
export interface Call {
  /** Its first group is the token. */
  readonly path: RegExp;
  readonly body: Shape<unknown>;
  /** Whether it is for what was begun while the token lived. */
  readonly outlivesToken: boolean;
  /** null where `faults` say why not. */
  plan(session: Session, sent: unknown, faults: Faults): Planned | null;
}

function call<T>(
  path: RegExp,
  body: Shape<T>,
  plan: (session: Session, sent: T, faults: Faults) => Planned | null,
  outlivesToken = false,
): Call {
  return { path, body, outlivesToken, plan: plan as Call['plan'] };
}

function fault(faults: Faults, field: string, text: string): null {
  faults.add(field, text);
  return null;
}

/** A number typed where a name belongs: names are kept and shown. */
const NUMBER = /\d(?:[ -]?\d){11}/;

function payByCard(session: Session, sent: Read<typeof cardBody>, faults: Faults): Planned | null {
  const expiry = readExpiry(sent.expiryDate);
  if (expiry === null)
    return fault(faults, 'ExpiryDate', 'The field ExpiryDate must be a date as MM / YY.');
  if (NUMBER.test(sent.cardName ?? ''))
    return fault(faults, 'CardName', 'The field CardName must be a name.');
  const forSetup = isForSetup(session);
  if (forSetup && sent.mitConsentGiven === false)
    return fault(faults, 'MitConsentGiven', 'A card is saved only with its holder’s agreement.');
  const { cardNumber, cV2, cardName = null } = sent;
  const keeps = sent.mitConsentGiven === true ? 'off_session' : 'on_session';
  const isKept = forSetup || sent.savePaymentMethod === true;
  const details = detailsOf(sent);
  const card = { number: cardNumber, expMonth: expiry.month, expYear: expiry.year, cvc: cV2 };
  const methodData = {
    type: 'card',
    card,
    billing: billingOf(details, cardName),
    metadata: {},
    allowRedisplay: isKept ? 'always' : 'unspecified',
    details: null,
  } as const;
  const choice = { methodData };
  const command = tryByToken(session, {
    kind: 'Card',
    choice,
    details,
    keeps: isKept ? keeps : null,
  });
  return { command };
}

function payBySavedCard(
  session: Session,
  sent: Read<typeof savedBody>,
  faults: Faults,
): Planned | null {
  // Of the sandbox or of production: which one this is, the prefix does not decide.
  const method =
    coreId('method', sent.paymentMethodId, false) ?? coreId('method', sent.paymentMethodId, true);
  if (method === null) return fault(faults, 'PaymentMethodId', 'There is no such saved card.');
  const details = detailsOf(sent);
  const kind = 'SavedCard';
  return { command: tryByToken(session, { kind, choice: { method }, details, keeps: null }) };
}

/** What a simulated wallet pays with, by the name of a test card: nowhere else is there one. */
const WALLET_CARD = 'pm_card_visa';

function payByWallet(kind: WalletKind) {
  return (session: Session, sent: Read<typeof walletBody>, faults: Faults): Planned | null => {
    if (readWalletToken(kind, sent.token) === null)
      return fault(faults, 'Token', `The field Token must be a token of ${kind}.`);
    const choice = { method: WALLET_CARD };
    const details = walletDetailsOf(sent);
    return { command: tryByToken(session, { kind: 'Wallet', choice, details, keeps: null }) };
  };
}

/** A wallet's token as an object; its parts are looked at by `isWalletToken`. */
const decryptBody: Shape<unknown> = { schema: {}, parse: (value) => value };

function decryptToken(kind: WalletKind) {
  return (_: Session, sent: unknown, faults: Faults): Planned | null => {
    if (!isWalletToken(kind, sent))
      return fault(faults, 'Token', `The body must be a token of ${kind}.`);
    return { answer: openedWallet };
  };
}

/** What is in a simulated wallet: the test card that it pays with, its number hidden. */
function openedWallet({ nowMs }: View): object {
  const year = new Date(nowMs).getUTCFullYear() + 1;
  return {
    paymentMethod: 'CARD',
    paymentMethodDetails: {
      authMethod: 'CRYPTOGRAM_3DS',
      pan: '424242******4242',
      expirationMonth: '08',
      expirationYear: String(year),
    },
    gatewayMerchantId: 'tender',
    messageId: 'simulated',
    messageExpiration: String(nowMs + 3_600_000),
  };
}

/** Words of Cardinal's library for a challenge that was passed. */
const PASSED: ReadonlySet<string> = new Set(['SUCCESS', 'NOACTION']);

function complete(session: Session, sent: Read<typeof completionBody>): Planned {
  const said = sent.cardinalValidateResponse?.actionCode?.toUpperCase();
  return { command: completeByToken(session, said === undefined ? null : PASSED.has(said)) };
}

const TOKEN = '([^/]{1,400})';

const wallets = (['google-pay', 'apple-pay'] as const).flatMap((kind) => [
  call(new RegExp(`^/api/payments/${TOKEN}/${kind}/?$`), walletBody, payByWallet(kind)),
  call(
    new RegExp(`^/api/payments/${TOKEN}/${kind}/decrypt-token/?$`),
    decryptBody,
    decryptToken(kind),
  ),
]);

/** Every call of the gateway. */
export const CALLS: readonly Call[] = [
  call(new RegExp(`^/api/device-data/${TOKEN}/?$`), object({}), deviceData),
  call(new RegExp(`^/api/payments/recurring/${TOKEN}/?$`), savedBody, payBySavedCard),
  call(new RegExp(`^/api/payments/${TOKEN}/?$`), cardBody, payByCard),
  ...wallets,
  call(
    new RegExp(`^/mobile/payments/${TOKEN}/three-ds-complete/?$`),
    completionBody,
    complete,
    true,
  ),
];
