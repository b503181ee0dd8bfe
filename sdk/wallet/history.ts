import { timestampDate } from '@bufbuild/protobuf/wkt';
import { toBase58 } from '../../src/wire/code/base58.js';
import {
  GetPaymentHistoryRequest_Direction,
  GetPaymentHistoryRequestSchema,
  type PaymentHistoryItem,
  PaymentHistoryItem_PaymentType,
  Transaction,
} from '../../src/wire/code/proto/code/transaction/v2/transaction_pb.js';
import { signed } from './signed.js';
import type { Means } from './wallet.js';

/** One movement of a wallet's money. */
export interface HistoryItem {
  readonly direction: 'sent' | 'received';
  /** `request`: a shop's; `transfer`: between wallets; `faucet`: test money. */
  readonly kind: 'request' | 'transfer' | 'faucet';
  /** Base58; empty where the server does not say. */
  readonly intent: string;
  readonly quarks: bigint;
  /** What was agreed on: whole units of a currency. */
  readonly currency: string;
  readonly amount: number;
  readonly at: Date;
}

/** Newest first. */
export interface HistoryPage {
  readonly items: readonly HistoryItem[];
  /** What to ask for the next page with; null at the end. */
  readonly next: Uint8Array | null;
}

const PAGE_ITEMS_MAX = 50;

/** One page of what was paid and received. */
export async function readHistory(
  { keys, transport }: Means,
  cursor?: Uint8Array,
): Promise<HistoryPage> {
  const request = await signed(
    GetPaymentHistoryRequestSchema,
    {
      owner: { value: keys.owner.publicKey },
      pageSize: PAGE_ITEMS_MAX,
      direction: GetPaymentHistoryRequest_Direction.DESC,
      ...(cursor === undefined ? {} : { cursor: { value: cursor } }),
    },
    keys.owner,
  );
  const { items } = await transport.call(Transaction.method.getPaymentHistory, request);
  const next = items.length < PAGE_ITEMS_MAX ? null : (items.at(-1)?.cursor?.value ?? null);
  return { items: items.map(itemOf), next };
}

function itemOf(item: PaymentHistoryItem): HistoryItem {
  const { exchangeData, intentId, timestamp } = item;
  const isSent = item.paymentType === PaymentHistoryItem_PaymentType.SEND;
  return {
    direction: isSent ? 'sent' : 'received',
    kind: item.isAirdrop ? 'faucet' : item.isMicroPayment ? 'request' : 'transfer',
    intent: toBase58(intentId?.value ?? new Uint8Array()),
    quarks: exchangeData?.quarks ?? 0n,
    currency: exchangeData?.currency ?? 'kin',
    amount: exchangeData?.nativeAmount ?? 0,
    at: timestamp === undefined ? new Date(0) : timestampDate(timestamp),
  };
}
