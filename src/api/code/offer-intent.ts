import { createHash, createHmac } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import type { Intent } from '../../domain/intent.js';
import type { RequestTerms } from '../../domain/rendezvous.js';
import { type KeyPair, keyPairOf } from '../../ed25519.js';
import { offerIntent, takesOffers } from '../../engine/intent-offers.js';
import { toBase58 } from '../../wire/code/base58.js';
import { encodePayload, NONCE_BYTES } from '../../wire/code/payload.js';
import { RequestToReceiveBillSchema } from '../../wire/code/proto/code/messaging/v1/messaging_pb.js';
import { endOf } from './call.js';
import { ownMessage } from './own-message.js';
import { hundredthsAsked } from './requests/bill.js';
import { type LimitsOf, limitFault, makeLimits } from './requests/limits.js';
import { roundCode } from './round-code.js';
import type { CodeDependencies } from './settings.js';
import { wireKey } from './wire-key.js';

/** The code that a wallet scans to pay an intent of any dialect. */
export interface IntentCode {
  /** The rendezvous public key, base58: what is told there is told of the intent's payment. */
  readonly id: string;
  /** The payload behind the round code, base64. */
  readonly payload: string;
  /** The round code as an SVG document. */
  readonly svg: string;
  /** Opens a wallet on this device. */
  readonly walletUrl: string;
}

/** What a code asks for, and where. */
interface Asked {
  readonly payload: Uint8Array;
  readonly rendezvous: KeyPair;
  readonly terms: RequestTerms;
}

/**
 * Makes, or finds, the request at which a wallet can pay an intent of any dialect, as its amount
 * and currency are now; the same code for the same sum. The money goes to the merchant's ledger
 * account. null where wallets cannot pay it: it is paid, under way or to be held, wallets have no
 * rate for its currency, its amount is beyond their limits, or a chain holds their money, on which
 * nobody has opened an account for it. Throws Overloaded.
 */
export function makeIntentOffers(
  deps: CodeDependencies,
): (account: string, intent: string) => Promise<IntentCode | null> {
  const { engine, limits, settlement, publicUrl } = deps;
  const amounts = makeLimits(deps.settings.limits, deps.rates);
  return async (account, id) => {
    if (settlement !== null) return null;
    const intent = await engine.read(
      account,
      (need) => void need('intents', id),
      (rows) => rows.get('intents', id),
    );
    const asked = intent && takesOffers(intent) ? askedOf(deps, amounts, intent) : null;
    if (asked === null) return null;
    const rendezvousId = toBase58(asked.rendezvous.publicKey);
    const ended = await endOf(
      engine,
      offerIntent({
        merchant: account,
        intent: id,
        id: rendezvousId,
        terms: asked.terms,
        message: billOf(asked),
        messages_max: limits.messages_per_request_max,
      }),
    );
    if (ended.end !== 'done' || !ended.value) return null;
    const payload = Buffer.from(asked.payload);
    return {
      id: rendezvousId,
      payload: payload.toString('base64'),
      svg: roundCode(payload),
      walletUrl: `${publicUrl()}/wallet#/p=${payload.toString('base64url')}`,
    };
  };
}

/** What the code of an intent asks for; null where a code cannot. */
function askedOf(
  { intentCodesSeed }: Pick<CodeDependencies, 'intentCodesSeed'>,
  amounts: LimitsOf,
  { account, id, amount, currency }: Intent,
): Asked | null {
  const hundredths = hundredthsAsked(amount, currency);
  if (hundredths === null) return null;
  const nativeAmount = Number(hundredths) / 100;
  if (limitFault(amounts, currency, nativeAmount) !== null) return null;
  const derived = (...what: readonly string[]): Buffer =>
    createHmac('sha256', intentCodesSeed).update(JSON.stringify(what)).digest();
  // Nobody can foresee the nonce, so that nobody is at the rendezvous before the server.
  const nonce = derived('code', account, id, String(amount), currency).subarray(0, NONCE_BYTES);
  const payload = encodePayload({ kind: 'request_payment', currency, hundredths, nonce });
  return {
    payload,
    rendezvous: keyPairOf(createHash('sha256').update(payload).digest()),
    terms: {
      destination: toBase58(keyPairOf(derived('ledger', account)).publicKey),
      currency,
      nativeAmount,
      quarks: null,
      fees: [],
    },
  };
}

/** The request's message, signed by the rendezvous as a shop's would be. */
function billOf({ rendezvous, terms }: Asked) {
  const { destination, currency, nativeAmount } = terms;
  const value = create(RequestToReceiveBillSchema, {
    requestorAccount: wireKey(destination),
    exchangeData: { case: 'partial', value: { currency, nativeAmount } },
  });
  const message = ownMessage({ case: 'requestToReceiveBill', value });
  const signature = rendezvous.sign(Buffer.from(message.body, 'base64'));
  return { ...message, signature: signature.toString('base64') };
}
