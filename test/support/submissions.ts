import { create, type DescMessage, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { accountService } from '../../src/api/code/services/account.js';
import { transactionService } from '../../src/api/code/services/transaction.js';
import type { CodeDependencies } from '../../src/api/code/settings.js';
import { fromBase58 } from '../../src/wire/code/base58.js';
import { GetTokenAccountInfosRequestSchema } from '../../src/wire/code/proto/code/account/v1/account_pb.js';
import { AccountType } from '../../src/wire/code/proto/code/common/v1/common_pb.js';
import {
  type ActionSchema,
  AirdropRequestSchema,
  FeePaymentAction_FeeType as FeeType,
  type MetadataSchema,
  SubmitIntentRequest_SubmitActionsSchema as SubmitActionsSchema,
  type SubmitIntentRequest,
  SubmitIntentRequestSchema,
  type SubmitIntentResponseSchema,
} from '../../src/wire/code/proto/code/transaction/v2/transaction_pb.js';
import { contextOf } from './code-services.js';
import { keyOf, newCodeId, type TestKey } from './wallets.js';

/** Submissions as wallets make them, frame by frame. */

/** Who pays and who is paid, where a test does not care. */
export const PAYER = keyOf('payer');
export const SHOP = keyOf('shop');

/** The services with every method that they are to have. */
export function services(over: CodeDependencies) {
  return {
    transaction: transactionService(over) as Required<ReturnType<typeof transactionService>>,
    account: accountService(over) as Required<ReturnType<typeof accountService>>,
  };
}

/** A call with the owner's signature over it. */
export function signed<D extends DescMessage>(schema: D, init: MessageInitShape<D>, key: TestKey) {
  const value = key.sign(toBinary(schema, create(schema, init)));
  return create(schema, { ...init, signature: { value } } as MessageInitShape<D>);
}

type Response = MessageInitShape<typeof SubmitIntentResponseSchema>;
export type Metadata = NonNullable<MessageInitShape<typeof MetadataSchema>['type']>;
export type Actions = MessageInitShape<typeof ActionSchema>[];

/** A key as messages carry it. */
export const owner = (key: TestKey) => ({ value: key.bytes });
/** The same as answers have it: a comparison tells a Buffer from other bytes. */
export const shown = (key: TestKey) => ({ value: new Uint8Array(key.bytes) });
/** Five dollars at the table's rate. */
export const USD = {
  currency: 'usd',
  exchangeRate: 0.00001,
  nativeAmount: 5,
  quarks: 50_000_000_000n,
};

/** The first frame: what the owner signs. */
export function actionsFrame(key: TestKey, codeId: string, metadata: Metadata, actions: Actions) {
  const value = signed(
    SubmitActionsSchema,
    {
      id: { value: fromBase58(codeId, 32) as Uint8Array },
      owner: owner(key),
      metadata: { type: metadata },
      actions,
    },
    key,
  );
  return create(SubmitIntentRequestSchema, { request: { case: 'submitActions', value } });
}

/** The second, where nothing more is to be signed. */
export const NO_SIGNATURES = create(SubmitIntentRequestSchema, {
  request: { case: 'submitSignatures', value: { signatures: [] } },
});

/** Why a submission is refused, by the protocol's numbers. */
export const INVALID = 1;
export const STALE = 3;
export const DENIED = 0;

/** A fee of a payment; to nobody: our own. */
export interface Fee {
  readonly to: TestKey | null;
  readonly amount: bigint;
}

/** What a public payment in dollars is to be like, where a test cares. */
export interface Paying {
  readonly to?: TestKey;
  readonly exchange?: typeof USD;
  readonly fees?: readonly Fee[];
  /** What goes to the destination, where that is not what the fees leave. */
  readonly net?: bigint | null;
  readonly from?: TestKey;
}

function payingActions({ to = SHOP, exchange = USD, fees = [], net, from = PAYER }: Paying) {
  const common = { authority: owner(from), source: owner(from) };
  const left = fees.reduce((sum, { amount }) => sum - amount, exchange.quarks);
  const transfer = { ...common, destination: owner(to), amount: net ?? left };
  const feeActions: Actions = fees.map(({ to: taker, amount }, i) => ({
    id: i + 1,
    type: {
      case: 'feePayment',
      value: {
        ...common,
        amount,
        type: taker === null ? FeeType.CODE : FeeType.THIRD_PARTY,
        ...(taker === null ? {} : { destination: owner(taker) }),
      },
    },
  }));
  const first: Actions = [{ id: 0, type: { case: 'noPrivacyTransfer', value: transfer } }];
  return [...first, ...feeActions];
}

/** Does what wallets do, by the services as they are called without a transport. */
export function makeSubmitter({ transaction, account }: ReturnType<typeof services>) {
  /** Sends frames one by one, each once the one before was answered. */
  async function converse(frames: SubmitIntentRequest[]): Promise<Response[]> {
    const answers: Response[] = [];
    async function* sent() {
      yield* frames;
    }
    for await (const answer of transaction.submitIntent(sent(), contextOf(null)))
      answers.push(answer);
    return answers;
  }

  /** Submits; answers null for success, else the code and the reason. */
  async function submit(
    codeId: string,
    metadata: Metadata,
    actions: Actions,
    key = PAYER,
  ): Promise<[code: number | undefined, reason: string] | null> {
    const answers = await converse([actionsFrame(key, codeId, metadata, actions), NO_SIGNATURES]);
    const last = answers.at(-1)?.response;
    if (last?.case === 'success') {
      if (answers[0]?.response?.case !== 'serverParameters') throw new Error('no parameters');
      return null;
    }
    if (last?.case !== 'error') throw new Error('neither success nor error');
    const [details] = last.value.errorDetails ?? [];
    if (details?.type?.case !== 'reasonString') throw new Error('an error without a reason');
    return [last.value.code, details.type.value.reason ?? ''];
  }

  /** A public payment in dollars, at the table's rate. */
  function pay(codeId: string, paying: Paying = {}) {
    const { to = SHOP, exchange: exchangeData = USD, from = PAYER } = paying;
    const value = { source: owner(from), destination: owner(to), exchangeData, isWithdrawal: true };
    return submit(codeId, { case: 'sendPublicPayment', value }, payingActions(paying), from);
  }

  function openPrimary(key: TestKey) {
    const open = { accountType: AccountType.PRIMARY, owner: owner(key), authority: owner(key) };
    const actions: Actions = [{ id: 0, type: { case: 'openAccount', value: open } }];
    return submit(newCodeId(), { case: 'openAccounts', value: {} }, actions, key);
  }

  function drop(key: TestKey) {
    const call = signed(AirdropRequestSchema, { airdropType: 2, owner: owner(key) }, key);
    return transaction.airdrop(call, contextOf(null));
  }

  async function infosOf(key: TestKey) {
    const call = signed(GetTokenAccountInfosRequestSchema, { owner: owner(key) }, key);
    return account.getTokenAccountInfos(call, contextOf(null));
  }

  async function balance(key: TestKey): Promise<bigint | undefined> {
    return (await infosOf(key)).tokenAccountInfos?.[key.address]?.balance;
  }
  return { transaction, account, converse, submit, pay, openPrimary, drop, infosOf, balance };
}
