import { toBase58 } from '../../src/wire/code/base58.js';
import { decodePayload, type Payload } from '../../src/wire/code/payload.js';
import type { Message } from '../../src/wire/code/proto/code/messaging/v1/messaging_pb.js';
import { MicroPayment } from '../../src/wire/code/proto/code/micropayment/v1/micropayment_pb.js';
import { rateOf, readRates } from './accounts.js';
import { feeOf, quarksOf } from './amounts.js';
import { checkBill, checkLogin, checkSignature } from './check.js';
import { rendezvousOf, type Signer } from './curve.js';
import { WalletError } from './errors.js';
import type { LoginOffer, Offer, PaymentOffer } from './offers.js';
import { poll, tellScanned } from './rendezvous.js';
import { findTipped } from './tips.js';
import type { Means } from './wallet.js';

/**
 * Looks up what a code asks for and believes nothing that is not proven: the request must be signed
 * by the code's own key and say what the code says. Only then the shop is told of the scan.
 */
export async function read(means: Means, bytes: Uint8Array): Promise<Offer> {
  const payload = decodePayload(bytes);
  if (payload === null) throw new WalletError('unreadable', 'That code is damaged.');
  switch (payload.kind) {
    case 'cash':
    case 'gift_card':
      throw new WalletError('unsupported', 'This wallet cannot collect cash from a code.');
    case 'tip':
      return findTipped(means, payload.username);
    default:
      return readRequest(means, bytes, payload);
  }
}

type RequestPayload = Exclude<Payload, { kind: 'cash' | 'gift_card' | 'tip' }>;

async function readRequest(
  means: Means,
  bytes: Uint8Array,
  payload: RequestPayload,
): Promise<PaymentOffer | LoginOffer> {
  const rendezvous = await rendezvousOf(bytes, means.keys.curve);
  const [messages, status] = await Promise.all([
    poll(means, rendezvous),
    means.transport.call(MicroPayment.method.getStatus, {
      intentId: { value: rendezvous.publicKey },
    }),
  ]);
  if (status.intentSubmitted) {
    const what = payload.kind === 'request_login' ? 'used' : 'paid';
    throw new WalletError('paid', `This has been ${what} already.`);
  }
  if (status.requestOver) {
    throw new WalletError(
      'over',
      'This can no longer be paid: it was withdrawn, ran out of time, or its payment failed.',
    );
  }
  const request = messages.find(isRequest);
  if (request === undefined) {
    throw new WalletError('not_found', 'There is no request for this code. Show a new one.');
  }
  await checkSignature(means.keys.curve, rendezvous.publicKey, request);
  const offer = await offerOf(means, rendezvous, bytes, payload, request);
  await tellScanned(means, rendezvous);
  return offer;
}

/** The first request at a rendezvous counts, as it does for the server. */
function isRequest({ kind }: Message): boolean {
  return kind.case === 'requestToReceiveBill' || kind.case === 'requestToLogin';
}

async function offerOf(
  means: Means,
  rendezvous: Signer,
  bytes: Uint8Array,
  payload: RequestPayload,
  { kind }: Message,
): Promise<PaymentOffer | LoginOffer> {
  const { publicKey } = rendezvous;
  const base = { payload: bytes, intent: toBase58(publicKey) };
  if (payload.kind === 'request_login') {
    if (kind.case !== 'requestToLogin') {
      throw new WalletError('mismatch', 'The code asks to log in, the request does not.');
    }
    const site = await checkLogin(means.keys.curve, publicKey, kind.value);
    return { kind: 'login', ...base, site };
  }
  if (kind.case !== 'requestToReceiveBill') {
    throw new WalletError('mismatch', 'The code asks for money, the request does not.');
  }
  const bill = await checkBill(means.keys.curve, publicKey, payload, kind.value);
  const rate = bill.quarks === null ? rateOf(await readRates(means), bill.currency) : 1;
  const quarks = bill.quarks ?? quarksOf(bill.amount, rate);
  return {
    kind: 'payment',
    ...base,
    currency: bill.currency,
    amount: bill.amount,
    quarks,
    rate,
    destination: toBase58(bill.destination),
    fees: bill.fees.map(({ destination, basisPoints }) => ({
      destination: toBase58(destination),
      basisPoints,
      quarks: feeOf(quarks, basisPoints),
    })),
    site: bill.site,
  };
}
