import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { INSTALLATION, type Submission } from '../../../domain/rendezvous.js';
import type { Engine } from '../../../engine/engine.js';
import { netOf } from '../../../engine/submissions.js';
import {
  AirdropType,
  type PaymentHistoryItemSchema,
  PaymentHistoryItem_PaymentType as PaymentType,
} from '../../../wire/code/proto/code/transaction/v2/transaction_pb.js';
import { wireKey } from '../wire-key.js';

type Item = MessageInitShape<typeof PaymentHistoryItemSchema>;
type Condition = Parameters<Engine['page']>[0]['conditions'][number];

/** Which payments of an owner's are wanted. */
export interface HistoryPage {
  /** Base58; and the addresses of the owner's wallets, at least one. */
  readonly owner: string;
  readonly addresses: readonly string[];
  /** The last item that was seen; null for the first page. */
  readonly after: string | null;
  readonly newestFirst: boolean;
  readonly limit: number;
}

/** What an owner has paid and what was paid to the owner's wallets, a page in the order asked. */
export async function readHistory(
  engine: Pick<Engine, 'page'>,
  wanted: HistoryPage,
): Promise<Item[]> {
  const { owner, addresses, limit, newestFirst } = wanted;
  const [sent, received] = await Promise.all([
    pageOf(engine, wanted, { column: 'owner', comparison: 'eq', value: owner }),
    pageOf(engine, wanted, { column: 'destination', comparison: 'in', value: addresses }),
  ]);
  // What an owner has paid to a wallet of his own is on both pages, and one payment.
  const found = new Map([...sent, ...received].map((one) => [one.id, one]));
  const direction = newestFirst ? -1 : 1;
  return [...found.values()]
    .sort((one, other) => (one.id < other.id ? -direction : direction))
    .slice(0, limit)
    .map((submission) => itemOf(submission, owner));
}

/** Opening an account moves nothing. */
const MOVES_MONEY: Condition = { column: 'quarks', comparison: 'gt', value: 0n };

async function pageOf(
  engine: Pick<Engine, 'page'>,
  { after, newestFirst, limit }: HistoryPage,
  condition: Condition,
): Promise<Submission[]> {
  const request = {
    table: 'submissions' as const,
    account: INSTALLATION,
    conditions: [condition, MOVES_MONEY],
    limit,
  };
  // Oldest first is what is nearest above the last one seen; every id is above the empty text.
  if (!newestFirst) return engine.page({ ...request, newerThan: after ?? '' });
  return engine.page(after === null ? request : { ...request, olderThan: after });
}

function itemOf(submission: Submission, owner: string): Item {
  const { id, codeId, kind, currency, rate, created } = submission;
  const isAirdrop = kind === 'airdrop';
  const isSent = submission.owner === owner && !isAirdrop;
  // Who was paid sees what has arrived, of which the fees are no part.
  const quarks = isSent ? submission.quarks : netOf(submission);
  const nativeAmount = (submission.nativeAmount * Number(quarks)) / Number(submission.quarks);
  return {
    cursor: { value: Buffer.from(id) },
    exchangeData: { currency, exchangeRate: rate, nativeAmount, quarks },
    paymentType: isSent ? PaymentType.SEND : PaymentType.RECEIVE,
    isWithdraw: isSent,
    isDeposit: !isSent && !isAirdrop,
    timestamp: timestampFromMs(created * 1000),
    isAirdrop,
    airdropType: isAirdrop ? AirdropType.GET_FIRST_KIN : AirdropType.UNKNOWN,
    isMicroPayment: kind === 'request',
    intentId: wireKey(codeId),
  };
}
