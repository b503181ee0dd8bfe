import type { MessageInitShape } from '@bufbuild/protobuf';
import { fromBase58, toBase58 } from '../../src/wire/code/base58.js';
import { KEY_BYTES } from '../../src/wire/code/payload.js';
import {
  type ActionSchema,
  type ExchangeDataSchema,
  FeePaymentAction_FeeType,
} from '../../src/wire/code/proto/code/transaction/v2/transaction_pb.js';
import { rateOf, readRates } from './accounts.js';
import { feeOf, quarksOf } from './amounts.js';
import { WalletError } from './errors.js';
import type { PaymentOffer, Receipt } from './offers.js';
import { establish, sourceOf } from './open.js';
import { connecting, newIntent, type Opening, submitOver, wasSubmitted } from './submit.js';
import type { Means } from './wallet.js';

type Actions = MessageInitShape<typeof ActionSchema>[];

/** A public key as messages carry it. */
interface WireKey {
  readonly value: Uint8Array;
}

/** What is paid, to whom, under which id. */
interface Payment {
  readonly intent: Uint8Array;
  readonly source: WireKey;
  readonly destination: Uint8Array;
  readonly exchange: MessageInitShape<typeof ExchangeDataSchema> & { readonly quarks: bigint };
  readonly fees: readonly { destination: Uint8Array; basisPoints: number }[];
}

/** Pays a request, at the rate of now. */
export function pay(means: Means, offer: PaymentOffer): Promise<Receipt> {
  return connecting(means, (opening) => payOver(opening, means, offer));
}

async function payOver(opening: Opening, means: Means, offer: PaymentOffer): Promise<Receipt> {
  const { currency, amount, site } = offer;
  const intent = bytesOf(offer.intent);
  // All that is to be known first is asked for at once. By the account for its domain, which is
  // opened here, the server names the payer to it once all is paid.
  const [rate, source, known] = await Promise.all([
    currency === 'kin' ? 1 : readRates(means).then((rates) => rateOf(rates, currency)),
    sourceOf(means),
    site?.verified ? establish(means, site.domain) : null,
  ]);
  const quarks = currency === 'kin' ? offer.quarks : quarksOf(amount, rate);
  await transfer(opening, means, {
    intent,
    source,
    destination: bytesOf(offer.destination),
    exchange: { currency, exchangeRate: rate, nativeAmount: amount, quarks },
    fees: offer.fees.map(({ destination, basisPoints }) => ({
      destination: bytesOf(destination),
      basisPoints,
    })),
  });
  return { intent: offer.intent, quarks, currency, amount, user: known && toBase58(known) };
}

/** Pays an address, at the rate of now. */
export async function send(
  means: Means,
  address: string,
  amount: number,
  currency: string,
): Promise<Receipt> {
  const destination = bytesOf(address);
  if (!Number.isFinite(amount) || amount <= 0) {
    throw new WalletError('unreadable', 'The amount must be above zero.');
  }
  return connecting(means, async (opening) => {
    const [rates, source] = await Promise.all([readRates(means), sourceOf(means)]);
    const rate = rateOf(rates, currency);
    const quarks = quarksOf(amount, rate);
    const intent = newIntent();
    await transfer(opening, means, {
      intent,
      source,
      destination,
      exchange: { currency, exchangeRate: rate, nativeAmount: amount, quarks },
      fees: [],
    });
    return { intent: toBase58(intent), quarks, currency, amount, user: null };
  });
}

function bytesOf(address: string): Uint8Array {
  const bytes = fromBase58(address, KEY_BYTES);
  if (bytes !== null) return bytes;
  throw new WalletError('unreadable', `${address} is no address: 32 bytes in base58.`);
}

async function transfer(opening: Opening, means: Means, payment: Payment): Promise<void> {
  const authority = { value: means.keys.owner.publicKey };
  const { source } = payment;
  const destination = { value: payment.destination };
  const { exchange: exchangeData } = payment;
  try {
    await submitOver(opening, means, {
      id: payment.intent,
      metadata: {
        type: {
          case: 'sendPublicPayment',
          value: { source, destination, exchangeData, isWithdrawal: true },
        },
      },
      actions: actionsOf(authority, payment),
    });
  } catch (error) {
    // The answer was lost, not necessarily the payment: the server may know.
    if (!(error instanceof WalletError) || error.code !== 'unreachable') throw error;
    if (await isDurable(means, payment.intent)) return;
    throw new WalletError(
      'unreachable',
      'No answer came. Look at your history before you pay again: it may have been paid.',
    );
  }
}

async function isDurable(means: Means, intent: Uint8Array): Promise<boolean> {
  try {
    return await wasSubmitted(means, intent);
  } catch (error) {
    if (error instanceof WalletError) return false;
    throw error;
  }
}

/** The net to the destination, then each fee, in the order of the request. */
function actionsOf(authority: WireKey, payment: Payment): Actions {
  const { source, exchange, destination, fees } = payment;
  const parts = fees.map((fee) => ({ ...fee, amount: feeOf(exchange.quarks, fee.basisPoints) }));
  const amount = parts.reduce((left, part) => left - part.amount, exchange.quarks);
  const common = { authority, source };
  const net = { ...common, destination: { value: destination }, amount };
  return [
    { id: 0, type: { case: 'noPrivacyTransfer', value: net } },
    ...parts.map((part, index) => ({
      id: index + 1,
      type: {
        case: 'feePayment' as const,
        value: {
          ...common,
          type: FeePaymentAction_FeeType.THIRD_PARTY,
          amount: part.amount,
          destination: { value: part.destination },
        },
      },
    })),
  ];
}
