import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { currencyService } from '../../src/api/code/services/currency.js';
import type { CodeDependencies } from '../../src/api/code/settings.js';
import type { Intent } from '../../src/domain/intent.js';
import { audit } from '../../src/engine/audit.js';
import type { Store } from '../../src/storage/store.js';
import { fromBase58 } from '../../src/wire/code/base58.js';
import { AccountType } from '../../src/wire/code/proto/code/common/v1/common_pb.js';
import {
  type Action,
  GetPaymentHistoryRequest_Direction as Direction,
  GetIntentMetadataRequestSchema,
  GetLimitsRequestSchema,
  GetPaymentHistoryRequestSchema,
  SubmitIntentRequestSchema,
} from '../../src/wire/code/proto/code/transaction/v2/transaction_pb.js';
import { contextOf, makeTestServices } from '../support/code-services.js';
import { makeTestEngine, type TestEngine } from '../support/engine.js';
import { openTestStore, type TestStore } from '../support/stores.js';
import {
  type Actions,
  actionsFrame,
  INVALID,
  type Metadata,
  makeSubmitter,
  NO_SIGNATURES,
  owner,
  PAYER,
  SHOP,
  STALE,
  services,
  signed,
  USD,
} from '../support/submissions.js';
import { keyOf, newCodeId, request, type TestKey } from '../support/wallets.js';

let testStore: TestStore;
let store: Store;
let base: TestEngine;
let deps: CodeDependencies;
let wallets: ReturnType<typeof makeSubmitter>;

const [payer, shop, friend] = [PAYER, SHOP, keyOf('friend')];

beforeAll(async () => {
  testStore = await openTestStore();
});
afterAll(() => testStore.close());
beforeEach(async () => {
  store = await testStore.fresh();
  base = makeTestEngine(store);
  ({ deps } = makeTestServices(base));
  wallets = makeSubmitter(services(deps));
});
afterEach(async () => {
  expect(await audit(store)).toEqual([]);
});

describe('submitting a payment', () => {
  test('of a request answers with parameters, then success, and pays it', async () => {
    await wallets.drop(payer);
    const fees = [{ destination: friend.address, basisPoints: 250 }];
    const id = await request(base.engine, { destination: shop, fees });
    expect(
      await wallets.pay(id, {
        fees: [
          { to: null, amount: 100_000_000n },
          { to: friend, amount: 1_250_000_000n },
        ],
      }),
    ).toBeNull();
    expect(await wallets.balance(payer)).toBe(450_000_000_000n);
    const [intent] = await store.scan('intents', null, 10);
    expect((intent as Intent).state).toBe('captured');
    const messages = await store.scan('messages', null, 10);
    expect(messages.at(-1)?.kind).toBe('intentSubmitted');
    expect(await wallets.pay(id)).toEqual([STALE, 'intent already exists']);
  });

  test('of a request in the older, private form takes it from the primary wallet', async () => {
    await wallets.drop(payer);
    const id = await request(base.engine, { destination: shop });
    const outgoing = keyOf('outgoing');
    const bucket = { authority: owner(keyOf('bucket')), source: owner(keyOf('bucket')) };
    const exchangeData = USD;
    const half = USD.quarks / 2n;
    const gather = (action: number, amount: bigint) => ({
      id: action,
      type: {
        case: 'temporaryPrivacyTransfer' as const,
        value: { ...bucket, destination: owner(outgoing), amount },
      },
    });
    const withdraw = {
      authority: owner(outgoing),
      source: owner(outgoing),
      destination: owner(shop),
      amount: USD.quarks,
      shouldClose: true,
    };
    const metadata: Metadata = {
      case: 'sendPrivatePayment',
      value: { destination: owner(shop), exchangeData, isWithdrawal: true },
    };
    const rest: Actions = [{ id: 2, type: { case: 'noPrivacyWithdraw', value: withdraw } }];
    const short = [gather(0, half), gather(1, half - 1n), ...rest];
    expect(await wallets.submit(id, metadata, short)).toEqual([
      INVALID,
      `actions[2]: must gather ${USD.quarks} quarks in ${outgoing.address}`,
    ]);
    expect(
      await wallets.submit(id, metadata, [gather(0, half), gather(1, half), ...rest]),
    ).toBeNull();
    expect(await wallets.balance(payer)).toBe(450_000_000_000n);
  });

  test('is refused with the published texts', async () => {
    await wallets.drop(payer);
    const id = await request(base.engine, { destination: shop });
    const off = (by: object) => ({ exchange: { ...USD, ...by } });
    const kin = { currency: 'kin', exchangeRate: 1, nativeAmount: 500_000 };
    expect(await wallets.pay(id, { to: friend })).toEqual([
      INVALID,
      `payment has a request to destination ${shop.address}`,
    ]);
    expect(await wallets.pay(id, off(kin))).toEqual([
      INVALID,
      'payment has a request for usd currency',
    ]);
    expect(await wallets.pay(id, off({ nativeAmount: 6, quarks: 60_000_000_000n }))).toEqual([
      INVALID,
      'payment has a request for 5.00 native amount',
    ]);
    expect(await wallets.pay(id, off({ exchangeRate: 0.0000101 }))).toEqual([
      STALE,
      'fiat exchange rate is stale',
    ]);
    expect(await wallets.pay(id, off({ quarks: 50_000_200_000n }))).toEqual([
      INVALID,
      'payment native amount and quark value mismatch',
    ]);
    expect(await wallets.pay(id, off({ ...kin, exchangeRate: 2 }))).toEqual([
      INVALID,
      'kin exchange rate must be 1',
    ]);
    expect(await wallets.pay(id, { net: 1n })).toEqual([
      INVALID,
      'actions[0]: must send 50000000000 quarks to destination account',
    ]);
    expect(await wallets.pay(id, { fees: [{ to: null, amount: 200_000_000n }] })).toEqual([
      INVALID,
      'actions[1]: code fee payment amount must be $0.01 USD',
    ]);
    expect(await wallets.pay(id, { fees: [{ to: friend, amount: 5n }] })).toEqual([
      INVALID,
      'expected 0 third party fee payment action',
    ]);
    expect(await wallets.pay(newCodeId(), { fees: [{ to: friend, amount: 5n }] })).toEqual([
      INVALID,
      "intent doesn't require a fee payment",
    ]);
    expect(await wallets.pay(newCodeId(), { to: payer })).toEqual([INVALID, 'payment is a no-op']);
    expect(await wallets.pay(newCodeId(), { from: friend })).toEqual([
      INVALID,
      'source is not an open account',
    ]);
    expect(await wallets.balance(payer)).toBe(500_000_000_000n);
  });

  test('is refused where the balance is short', async () => {
    await wallets.openPrimary(payer);
    const id = await request(base.engine, { destination: shop });
    expect(await wallets.pay(id)).toEqual([INVALID, 'insufficient balance to perform action']);
  });

  test('that another has signed is none', async () => {
    await wallets.drop(payer);
    const frame = actionsFrame(payer, newCodeId(), { case: 'openAccounts', value: {} }, [
      { id: 0, type: { case: 'openAccount', value: {} } },
    ]);
    if (frame.request.case !== 'submitActions') throw new Error('no actions');
    (frame.request.value.actions[0] as Action).id = 1;
    const failure = wallets.converse([frame, NO_SIGNATURES]);
    await expect(failure).rejects.toMatchObject({ code: Code.Unauthenticated });
  });

  test('ends where the wallet says nothing more, in time', async () => {
    const frame = actionsFrame(payer, newCodeId(), { case: 'openAccounts', value: {} }, [
      {
        id: 0,
        type: {
          case: 'openAccount',
          value: { accountType: AccountType.PRIMARY, owner: owner(payer), authority: owner(payer) },
        },
      },
    ]);
    const hasty = services({ ...deps, limits: { ...deps.limits, submit_wait_ms_max: 20 } });
    async function* silent() {
      yield frame;
      await new Promise(() => {});
    }
    const read = async () => {
      for await (const answer of hasty.transaction.submitIntent(silent(), contextOf(null)))
        expect(answer.response?.case).toBe('serverParameters');
    };
    await expect(read()).rejects.toThrow(ConnectError);
    await expect(read()).rejects.toMatchObject({ code: Code.DeadlineExceeded });
    expect(await store.scan('submissions', null, 10)).toEqual([]);
  });

  test('that does not begin with actions is a mistake of its wallet', async () => {
    await expect(wallets.converse([])).rejects.toMatchObject({ code: Code.InvalidArgument });
    await expect(wallets.converse([NO_SIGNATURES])).rejects.toMatchObject({
      code: Code.InvalidArgument,
    });
  });

  test('signs nothing more where the money is on our own ledger', async () => {
    await wallets.drop(payer);
    const codeId = newCodeId();
    const metadata: Metadata = { case: 'openAccounts', value: {} };
    const open = { accountType: AccountType.PRIMARY, owner: owner(payer), authority: owner(payer) };
    const frame = actionsFrame(payer, codeId, metadata, [
      { id: 0, type: { case: 'openAccount', value: open } },
    ]);
    const extra = create(SubmitIntentRequestSchema, {
      request: { case: 'submitSignatures', value: { signatures: [{ value: payer.bytes }] } },
    });
    const answers = await wallets.converse([frame, extra]);
    const error = answers.at(-1)?.response;
    expect(error).toMatchObject({ case: 'error', value: { code: 2 } });
  });
});

describe('what is told of payments', () => {
  test('is a history of both sides, page by page, in either order', async () => {
    await wallets.drop(payer);
    await wallets.drop(friend);
    const ids = [newCodeId(), newCodeId(), newCodeId()] as const;
    await wallets.pay(ids[0], { to: friend });
    await wallets.pay(ids[1], { to: payer, from: friend });
    await wallets.pay(ids[2], { to: shop });
    const page = async (direction: Direction, cursor?: Uint8Array, pageSize = 2) => {
      const call = signed(
        GetPaymentHistoryRequestSchema,
        {
          owner: owner(payer),
          direction,
          pageSize,
          ...(cursor === undefined ? {} : { cursor: { value: cursor } }),
        },
        payer,
      );
      return (await wallets.transaction.getPaymentHistory(call, contextOf(null))).items ?? [];
    };
    const all = async (direction: Direction) => {
      const items = [];
      for (let cursor: Uint8Array | undefined; ; cursor = items.at(-1)?.cursor?.value) {
        const next = await page(direction, cursor);
        if (next.length === 0) return items;
        items.push(...next);
      }
    };
    const newest = await all(Direction.DESC);
    expect(newest.map(({ paymentType, isAirdrop }) => [paymentType, isAirdrop])).toEqual([
      [1, false],
      [2, false],
      [1, false],
      [2, true],
    ]);
    expect(newest[0]?.intentId?.value).toEqual(fromBase58(ids[2], 32));
    expect(await all(Direction.ASC)).toEqual(newest.toReversed());
    await expect(page(Direction.DESC, Buffer.from("'; --"))).rejects.toMatchObject({
      code: Code.InvalidArgument,
    });
  });

  test('is to whom was paid what has arrived', async () => {
    await wallets.drop(payer);
    const fees = [{ destination: friend.address, basisPoints: 250 }];
    const id = await request(base.engine, { destination: shop, fees });
    await wallets.pay(id, { fees: [{ to: friend, amount: 1_250_000_000n }] });
    const seenBy = async (key: TestKey) => {
      const call = signed(GetPaymentHistoryRequestSchema, { owner: owner(key), direction: 1 }, key);
      const { items } = await wallets.transaction.getPaymentHistory(call, contextOf(null));
      return items?.find(({ isMicroPayment }) => isMicroPayment)?.exchangeData;
    };
    expect(await seenBy(payer)).toEqual(USD);
    expect(await seenBy(shop)).toEqual({ ...USD, quarks: 48_750_000_000n, nativeAmount: 4.875 });
  });

  test('is the metadata, to its two sides and whoever has the id’s key', async () => {
    await wallets.drop(payer);
    const key = keyOf('an id of ours');
    await wallets.pay(key.address, { to: friend });
    await wallets.openPrimary(friend);
    await wallets.openPrimary(shop);
    const ask = (by: TestKey, asOwner: boolean) =>
      wallets.transaction.getIntentMetadata(
        signed(
          GetIntentMetadataRequestSchema,
          { intentId: owner(key), ...(asOwner ? { owner: owner(by) } : {}) },
          by,
        ),
        contextOf(null),
      );
    for (const answer of [await ask(payer, true), await ask(friend, true), await ask(key, false)])
      expect(answer).toMatchObject({
        result: 0,
        metadata: { type: { case: 'sendPublicPayment' } },
      });
    expect((await ask(shop, true)).result).toBe(1);
    await expect(ask(payer, false)).rejects.toMatchObject({ code: Code.Unauthenticated });
  });

  test('are limits of every currency that can be asked for', async () => {
    const call = signed(GetLimitsRequestSchema, { owner: owner(payer) }, payer);
    const limits = await wallets.transaction.getLimits(call, contextOf(null));
    expect(limits.microPaymentLimitsByCurrency?.usd).toEqual({
      minPerTransaction: 0.05,
      maxPerTransaction: 250,
    });
    expect(limits.sendLimitsByCurrency?.ves).toBeUndefined();
  });

  test('is that any address can be paid, and whether it is a wallet', async () => {
    await wallets.drop(payer);
    const can = (key: TestKey) =>
      wallets.transaction.canWithdrawToAccount({ account: owner(key) } as never, contextOf(null));
    expect(await can(payer)).toMatchObject({ isValidPaymentDestination: true, accountType: 1 });
    expect(await can(friend)).toMatchObject({ isValidPaymentDestination: true, accountType: 2 });
  });

  test('are rates as of the quarter of an hour', async () => {
    const currency = currencyService(deps) as Required<ReturnType<typeof currencyService>>;
    const now = await currency.getAllRates({} as never, contextOf(null));
    expect(now.rates?.usd).toBe(0.00001);
    expect(Number(now.asOf?.seconds) % 900).toBe(899);
    const past = { timestamp: { seconds: 5n, nanos: 0 } } as never;
    expect((await currency.getAllRates(past, contextOf(null))).result).toBe(1);
  });
});
