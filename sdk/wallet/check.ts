import { clone, toBinary } from '@bufbuild/protobuf';
import {
  isRoundingOf,
  KEY_BYTES,
  type Payload,
  SIGNATURE_BYTES,
} from '../../src/wire/code/payload.js';
import {
  type Message,
  MessageSchema,
  type RequestToLogin,
  RequestToLoginSchema,
  type RequestToReceiveBill,
  RequestToReceiveBillSchema,
} from '../../src/wire/code/proto/code/messaging/v1/messaging_pb.js';
import type { Curve } from './curve.js';
import { WalletError } from './errors.js';
import type { Site } from './offers.js';

/** What a request that can be believed asks for. */
export interface CheckedBill {
  readonly currency: string;
  readonly amount: number;
  /** The exact sum, where the request is in the wallets' own currency. */
  readonly quarks: bigint | null;
  readonly destination: Uint8Array;
  readonly fees: readonly { destination: Uint8Array; basisPoints: number }[];
  readonly site: Site | null;
}

type PaymentPayload = Extract<Payload, { currency: string }>;

const FEES_MAX = 3;
const BASIS_POINTS_MAX = 10_000;
/** A payload counts hundredths; a kin has 100,000 quarks. */
const QUARKS_PER_HUNDREDTH = 1_000n;

function unverified(text: string): WalletError {
  return new WalletError('unverified', `${text} Do not pay it.`);
}

function mismatch(text: string): WalletError {
  return new WalletError('mismatch', `${text} Do not pay it.`);
}

/**
 * Proves that a message was left by somebody who made the code, not by who carries the messages:
 * its signature, by the code's key, is over all of it but what the server adds.
 * Throws WalletError `unverified`.
 */
export async function checkSignature(
  curve: Curve,
  rendezvous: Uint8Array,
  message: Message,
): Promise<void> {
  const signature = message.sendMessageRequestSignature?.value ?? new Uint8Array();
  if (signature.length !== SIGNATURE_BYTES) throw unverified('The request is not signed.');
  const signed = clone(MessageSchema, message);
  signed.id = undefined;
  signed.sendMessageRequestSignature = undefined;
  if (!(await curve.verify(rendezvous, toBinary(MessageSchema, signed), signature))) {
    throw unverified('The signature of the request is wrong.');
  }
}

/**
 * Holds a request for a payment against the code that led to it.
 * Throws WalletError `mismatch` where they disagree, `unverified` where a proof in it is wrong.
 */
export async function checkBill(
  curve: Curve,
  rendezvous: Uint8Array,
  payload: PaymentPayload,
  bill: RequestToReceiveBill,
): Promise<CheckedBill> {
  const price = priceOf(payload, bill);
  const destination = bill.requestorAccount?.value ?? new Uint8Array();
  if (destination.length !== KEY_BYTES) throw mismatch('The request has no destination.');
  const fees = feesOf(payload, bill, destination);
  return { ...price, destination, fees, site: await siteOfBill(curve, rendezvous, bill) };
}

function priceOf(
  payload: PaymentPayload,
  { exchangeData }: RequestToReceiveBill,
): Pick<CheckedBill, 'currency' | 'amount' | 'quarks'> {
  if (exchangeData.value === undefined) throw mismatch('The request has no amount.');
  const { currency, nativeAmount: amount } = exchangeData.value;
  if ((currency === 'kin') !== (exchangeData.case === 'exact')) {
    throw mismatch('The request gives its amount in the wrong form.');
  }
  if (currency !== payload.currency) {
    throw mismatch(`The code is in ${payload.currency}, the request in ${currency}.`);
  }
  if (!isRoundingOf(payload.hundredths, amount)) {
    throw mismatch(`The code and the request ask for different amounts of ${currency}.`);
  }
  if (exchangeData.case !== 'exact') return { currency, amount, quarks: null };
  const { quarks, exchangeRate } = exchangeData.value;
  if (exchangeRate !== 1 || quarks !== payload.hundredths * QUARKS_PER_HUNDREDTH) {
    throw mismatch('The code and the request ask for different amounts of kin.');
  }
  return { currency, amount, quarks };
}

/**
 * A code says whether its request has fees, so that nobody can add them behind the shop's back. One
 * that says so without there being any is what the published client makes of an empty list.
 */
function feesOf(
  payload: PaymentPayload,
  { additionalFees }: RequestToReceiveBill,
  destination: Uint8Array,
): CheckedBill['fees'] {
  if (additionalFees.length > 0 && payload.kind !== 'request_payment_with_fees') {
    throw mismatch('The request has fees that its code does not know of.');
  }
  if (additionalFees.length > FEES_MAX) throw mismatch('The request has too many fees.');
  const fees = additionalFees.map((fee) => ({
    destination: fee.destination?.value ?? new Uint8Array(),
    basisPoints: fee.feeBps,
  }));
  const sum = fees.reduce((total, { basisPoints }) => total + basisPoints, 0);
  const takers = [destination, ...fees.map((fee) => fee.destination)].map(String);
  const isSound =
    fees.every((fee) => fee.destination.length === KEY_BYTES && fee.basisPoints > 0) &&
    new Set(takers).size === takers.length &&
    sum < BASIS_POINTS_MAX;
  if (!isSound) throw mismatch('The fees of the request make no sense.');
  return fees;
}

/** Who asks for the payment: proven wholly, or said without proof; half a proof is refused. */
async function siteOfBill(
  curve: Curve,
  rendezvous: Uint8Array,
  bill: RequestToReceiveBill,
): Promise<Site | null> {
  const { domain, verifier, signature, rendezvousKey } = bill;
  const hasProof = [verifier, signature, rendezvousKey].some((field) => field !== undefined);
  if (!hasProof)
    return domain === undefined ? null : { domain: lookedUp(domain.value), verified: false };
  const unsigned = clone(RequestToReceiveBillSchema, bill);
  unsigned.signature = undefined;
  const bytes = toBinary(RequestToReceiveBillSchema, unsigned);
  return verifiedSite(curve, rendezvous, bill, bytes);
}

/**
 * Holds a request for a login against its code: it must be proven to come from its domain.
 * Throws WalletError `unverified`.
 */
export function checkLogin(
  curve: Curve,
  rendezvous: Uint8Array,
  login: RequestToLogin,
): Promise<Site> {
  const unsigned = clone(RequestToLoginSchema, login);
  unsigned.signature = undefined;
  return verifiedSite(curve, rendezvous, login, toBinary(RequestToLoginSchema, unsigned));
}

/** Where the domain's key signed `bytes` for this very rendezvous, the domain; else it throws. */
async function verifiedSite(
  curve: Curve,
  rendezvous: Uint8Array,
  proof: Pick<RequestToLogin, 'domain' | 'verifier' | 'signature' | 'rendezvousKey'>,
  bytes: Uint8Array,
): Promise<Site> {
  const domain = proof.domain?.value ?? '';
  const [verifier, signature, bound] = [proof.verifier, proof.signature, proof.rendezvousKey].map(
    (field) => field?.value ?? new Uint8Array(),
  ) as [Uint8Array, Uint8Array, Uint8Array];
  const isWhole =
    domain !== '' && verifier.length === KEY_BYTES && signature.length === SIGNATURE_BYTES;
  if (!isWhole) throw unverified('The request names a domain with half a proof of it.');
  if (String(bound) !== String(rendezvous)) {
    throw unverified(`The proof that it comes from ${domain} is of another request.`);
  }
  if (!(await curve.verify(verifier, bytes, signature))) {
    throw unverified(`The proof that it comes from ${domain} is wrong.`);
  }
  return { domain: lookedUp(domain), verified: true };
}

/**
 * A domain in the form in which it is looked up: letters that only look like another shop's are
 * then seen for what they are. Throws WalletError `unverified` where it is none.
 */
function lookedUp(domain: string): string {
  const url = `https://${domain}`;
  const { hostname = '', href = '' } = URL.canParse(url) ? new URL(url) : {};
  // Neither a path nor a port nor a user's name is a part of it.
  if (hostname === '' || href !== `https://${hostname}/`) {
    throw unverified('The request names a domain that is none.');
  }
  return hostname;
}
