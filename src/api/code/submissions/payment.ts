import { QUARKS_PER_KIN, WALLET_CURRENCY } from '../../../domain/rendezvous.js';
import type { SubmittedFee } from '../../../engine/submissions.js';
import { isTipUsername, tipUserId } from '../../../engine/tip-users.js';
import { toBase58 } from '../../../wire/code/base58.js';
import { KEY_BYTES } from '../../../wire/code/payload.js';
import type { SolanaAccountId } from '../../../wire/code/proto/code/common/v1/common_pb.js';
import {
  type Action,
  type ExchangeData,
  type FeePaymentAction,
  FeePaymentAction_FeeType as FeeType,
  type NoPrivacyTransferAction,
  type NoPrivacyWithdrawAction,
  TippedUser_Platform as Platform,
  type SendPrivatePaymentMetadata,
  type SendPublicPaymentMetadata,
} from '../../../wire/code/proto/code/transaction/v2/transaction_pb.js';
import type { Rates } from '../rates.js';
import { invalid, isRefusal, ofAction, type Refusal, refusalOf, stale } from './refusals.js';

/** What our own fee may be worth, in US dollars. */
const OWN_FEE_USD = { above: 0.0099, below: 0.0101 };

/** A payment as a submission's metadata and actions say it; addresses in base58. */
export interface PaymentDraft {
  readonly source: string;
  readonly destination: string;
  /** Gross. */
  readonly quarks: bigint;
  readonly currency: string;
  readonly nativeAmount: number;
  readonly rate: number;
  /** In the order of their actions. */
  readonly fees: readonly SubmittedFee[];
  readonly tippedUser: string | null;
  /** The action that pays the destination, and what it pays. */
  readonly transfer: { readonly action: number; readonly quarks: bigint };
}

type PaymentMetadata = SendPublicPaymentMetadata | SendPrivatePaymentMetadata;
type Rated = Pick<Rates, 'recent' | 'wasPublished'>;

/** Reads what a submission pays; `owner` has signed it. A refusal says what it contradicts. */
export function readPayment(
  owner: string,
  metadata: PaymentMetadata,
  actions: readonly Action[],
  rates: Rated,
): PaymentDraft | Refusal {
  const isPrivate = metadata.$typeName === 'code.transaction.v2.SendPrivatePaymentMetadata';
  const { exchangeData } = metadata;
  if (exchangeData === undefined) return invalid('exchange data is nil');
  const exchange = exchangeFault(exchangeData, rates);
  if (exchange !== null) return exchange;
  const destination = addressOf(metadata.destination);
  if (destination === null) return invalid('destination is not a public key');
  const tipped = isPrivate ? tippedUserOf(metadata) : null;
  if (tipped !== null && typeof tipped !== 'string') return tipped;
  const moves = readMoves(actions, isPrivate, rates);
  if (isRefusal(moves)) return moves;
  const { quarks, currency, nativeAmount, exchangeRate: rate } = exchangeData;
  const source = sourceOf(owner, metadata, moves, quarks);
  if (typeof source !== 'string') return source;
  const { transfer, fees } = moves;
  const net = fees.reduce((left, fee) => left - fee.quarks, quarks);
  if (net <= 0n) return invalid('fee payments leave nothing for the destination');
  if (transfer.destination !== destination || transfer.quarks !== net)
    return ofAction(transfer.action, `must send ${net} quarks to destination account`);
  if (source === destination) return invalid('payment is a no-op');
  const draft = { source, destination, quarks, currency, nativeAmount, rate, fees };
  return { ...draft, tippedUser: tipped, transfer };
}

/** Whether the rate is one that wallets were told, and the quarks are what it makes of the sum. */
function exchangeFault(
  { currency, exchangeRate, nativeAmount, quarks }: ExchangeData,
  rates: Pick<Rates, 'wasPublished'>,
): Refusal | null {
  if (!(exchangeRate > 0 && nativeAmount > 0 && quarks > 0n))
    return invalid('amount is not positive');
  if (currency === WALLET_CURRENCY) {
    if (exchangeRate !== 1) return invalid('kin exchange rate must be 1');
  } else if (!rates.wasPublished(currency, exchangeRate))
    return stale('fiat exchange rate is stale');
  // Doubles are compared here, and converted nowhere: what moves are the quarks as they were sent.
  const apart = (nativeAmount / exchangeRate) * QUARKS_PER_KIN - Number(quarks);
  return Math.abs(apart) <= QUARKS_PER_KIN
    ? null
    : invalid('payment native amount and quark value mismatch');
}

function tippedUserOf(metadata: SendPrivatePaymentMetadata): string | Refusal | null {
  if (metadata.isRemoteSend) return invalid('remote send is not supported');
  if (!metadata.isTip) return null;
  const { tippedUser } = metadata;
  if (tippedUser === undefined) return invalid('tipped user is nil');
  if (tippedUser.platform !== Platform.TWITTER) return invalid('tip platform is not supported');
  if (!isTipUsername(tippedUser.username)) return refusalOf({ fault: 'tip_user_unknown' });
  return tipUserId('x', tippedUser.username);
}

/** What the actions of a payment move, the account that they move it out of, and by whose leave. */
interface Moves {
  readonly transfer: Transfer;
  readonly fees: readonly SubmittedFee[];
  /** Into which accounts private actions gather quarks, and how many. */
  readonly gathered: ReadonlyMap<string, bigint>;
}

interface Transfer {
  readonly action: number;
  readonly authority: string;
  readonly source: string;
  readonly destination: string;
  readonly quarks: bigint;
}

function readMoves(
  actions: readonly Action[],
  isPrivate: boolean,
  rates: Pick<Rates, 'recent'>,
): Moves | Refusal {
  const transfers: Transfer[] = [];
  const fees: (SubmittedFee & { readonly source: string })[] = [];
  const gathered = new Map<string, bigint>();
  for (const [i, { id, type }] of actions.entries()) {
    if (id !== i) return ofAction(i, `action id must be ${i}`);
    if (type.case === 'noPrivacyTransfer' || type.case === 'noPrivacyWithdraw') {
      const transfer = readTransfer(i, type.value);
      if (isRefusal(transfer)) return transfer;
      transfers.push(transfer);
    } else if (type.case === 'feePayment') {
      const fee = readFee(i, type.value, rates);
      if (isRefusal(fee)) return fee;
      fees.push(fee);
    } else if (
      isPrivate &&
      (type.case === 'temporaryPrivacyTransfer' || type.case === 'temporaryPrivacyExchange')
    ) {
      const into = addressOf(type.value.destination);
      if (into === null) return ofAction(i, 'destination is not a public key');
      gathered.set(into, (gathered.get(into) ?? 0n) + type.value.amount);
    } else if (!isPrivate || !ACCOUNT_ACTIONS.has(type.case))
      return ofAction(i, 'unexpected action');
  }
  const [transfer] = transfers;
  if (transfer === undefined || transfers.length > 1)
    return invalid('must have one transfer to the destination account');
  if (fees.filter(({ destination }) => destination === null).length > 1)
    return invalid('expected at most 1 code fee payment action');
  const stray = fees.find(({ source }) => source !== transfer.source);
  if (stray) return ofAction(stray.action, `fee payment must be made from ${transfer.source}`);
  return { transfer, fees: fees.map(({ source: _, ...fee }) => fee), gathered };
}

/** Actions that private payments have for accounts of a kind that our ledger has none of. */
const ACCOUNT_ACTIONS: ReadonlySet<Action['type']['case']> = new Set([
  'openAccount',
  'closeEmptyAccount',
  'closeDormantAccount',
]);

function readTransfer(
  action: number,
  value: NoPrivacyTransferAction | NoPrivacyWithdrawAction,
): Transfer | Refusal {
  const authority = addressOf(value.authority);
  const source = addressOf(value.source);
  const destination = addressOf(value.destination);
  if (authority === null || source === null || destination === null)
    return ofAction(action, 'authority, source and destination must be public keys');
  return { action, authority, source, destination, quarks: value.amount };
}

function readFee(
  action: number,
  { type, source: from, destination: to, amount }: FeePaymentAction,
  rates: Pick<Rates, 'recent'>,
): (SubmittedFee & { readonly source: string }) | Refusal {
  const source = addressOf(from);
  if (source === null) return ofAction(action, 'source is not a public key');
  if (type === FeeType.CODE) {
    if (to !== undefined)
      return ofAction(action, 'code fee payment destination is configured by server');
    const isPenny = rates.recent('usd').some((rate) => {
      const usd = (rate * Number(amount)) / QUARKS_PER_KIN;
      return usd > OWN_FEE_USD.above && usd < OWN_FEE_USD.below;
    });
    if (!isPenny) return ofAction(action, 'code fee payment amount must be $0.01 USD');
    return { action, source, destination: null, quarks: amount };
  }
  const destination = addressOf(to);
  if (destination === null) return ofAction(action, 'fee payment destination is required');
  return { action, source, destination, quarks: amount };
}

/**
 * The wallet that pays. Where private actions gather the sum in an account of their own, it comes
 * from the owner's primary wallet: our ledger has no buckets to take it from.
 */
function sourceOf(
  owner: string,
  metadata: PaymentMetadata,
  { transfer, gathered }: Moves,
  gross: bigint,
): string | Refusal {
  const { action, authority, source } = transfer;
  if (gathered.size > 0) {
    return gathered.get(source) === gross
      ? owner
      : ofAction(action, `must gather ${gross} quarks in ${source}`);
  }
  if (authority !== owner && authority !== source)
    return ofAction(action, 'authority must be the owner');
  const named = 'source' in metadata ? addressOf(metadata.source) : null;
  return named === null || named === source ? source : ofAction(action, `must send from ${named}`);
}

function addressOf(account: SolanaAccountId | undefined): string | null {
  return account?.value.length === KEY_BYTES ? toBase58(account.value) : null;
}
