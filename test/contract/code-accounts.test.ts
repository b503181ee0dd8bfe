import { create, toBinary } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CodeDependencies } from '../../src/api/code/settings.js';
import type {
  FulfillmentInput,
  Prepared,
  Settlement,
  SettlementFault,
} from '../../src/domain/settlement.js';
import { audit } from '../../src/engine/audit.js';
import type { Command } from '../../src/engine/command.js';
import { offerNonce, reserveNonce } from '../../src/engine/fulfillments.js';
import type { Store } from '../../src/storage/store.js';
import {
  GetTokenAccountInfosRequestSchema,
  IsCodeAccountRequestSchema,
} from '../../src/wire/code/proto/code/account/v1/account_pb.js';
import { AccountType } from '../../src/wire/code/proto/code/common/v1/common_pb.js';
import {
  AirdropRequestSchema,
  FeePaymentAction_FeeType as FeeType,
  OpenAccountActionSchema,
  SubmitIntentRequestSchema,
} from '../../src/wire/code/proto/code/transaction/v2/transaction_pb.js';
import { contextOf, makeTestServices } from '../support/code-services.js';
import { makeTestEngine, type TestEngine } from '../support/engine.js';
import { run } from '../support/payments.js';
import { openTestStore, type TestStore } from '../support/stores.js';
import {
  type Actions,
  actionsFrame,
  DENIED,
  type Fee,
  INVALID,
  makeSubmitter,
  NO_SIGNATURES,
  owner,
  PAYER,
  SHOP,
  STALE,
  services,
  shown,
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

describe('a chain', () => {
  const address = (name: string): string => keyOf(name).address;
  const calls: string[] = [];
  let fulfillment: FulfillmentInput;
  const chain: Settlement = {
    mint: address('mint'),
    feeAddress: address('fees'),
    prepare: async (plan): Promise<Prepared | SettlementFault> => {
      calls.push(`prepare ${plan.transfers.map(({ action, quarks }) => `${action}:${quarks}`)}`);
      if (plan.source === shop.address) return { fault: 'no token account', stale: true };
      return {
        nonces: [
          {
            action: 0,
            nonce: address('nonce'),
            blockhash: address('hash'),
            feePayer: address('fees'),
            mint: address('mint'),
            opens: [friend.address],
          },
        ],
        signatures: 1,
        complete: async ([signature]) =>
          signature?.[0] === 1
            ? fulfillment
            : { action: 0, expected: Uint8Array.of(9), provided: signature ?? new Uint8Array() },
        release: async () => void calls.push('release'),
      };
    },
    balance: async () => 77n,
    addressOf: async (key) => address(`account of ${key}`),
    destinationFault: async (key) => (key === shop.address ? `${key} doesn't exist` : null),
    airdrop: async (key, quarks) => void calls.push(`airdrop ${key} ${quarks}`),
  };
  const own: Fee = { to: null, amount: 100_000_000n };

  beforeEach(async () => {
    calls.length = 0;
    wallets = makeSubmitter(services({ ...deps, settlement: chain }));
    await run(base.engine, offerNonce(address('nonce'), address('hash')));
    const nonce = await run(base.engine, reserveNonce(60_000) as Command<object>);
    const { fulfillment: id } = nonce as { fulfillment: string };
    fulfillment = { id, nonce: address('nonce'), wire: 'AAAA', transaction: address('tx') };
  });

  const signatures = (first: number) =>
    create(SubmitIntentRequestSchema, {
      request: {
        case: 'submitSignatures',
        value: { signatures: [{ value: new Uint8Array(64).fill(first) }] },
      },
    });
  const transferFrame = (from = payer) => {
    const common = { authority: owner(from), source: owner(from) };
    const amount = USD.quarks - own.amount;
    return actionsFrame(
      from,
      newCodeId(),
      {
        case: 'sendPublicPayment',
        value: { source: owner(from), destination: owner(friend), exchangeData: USD },
      },
      [
        {
          id: 0,
          type: {
            case: 'noPrivacyTransfer',
            value: { ...common, destination: owner(friend), amount },
          },
        },
        {
          id: 1,
          type: {
            case: 'feePayment',
            value: { ...common, type: FeeType.CODE, amount: own.amount },
          },
        },
      ],
    );
  };

  test('has its transaction described, signed and written down', async () => {
    const answers = await wallets.converse([transferFrame(), signatures(1)]);
    const [parameters, end] = answers.map(({ response }) => response);
    expect(parameters).toMatchObject({
      case: 'serverParameters',
      value: {
        serverParameters: [
          {
            actionId: 0,
            nonces: [{ nonce: shown(keyOf('nonce')), opens: [shown(friend)] }],
            type: { case: 'noPrivacyTransfer' },
          },
          {
            actionId: 1,
            nonces: [],
            type: { case: 'feePayment', value: { codeDestination: shown(keyOf('fees')) } },
          },
        ],
      },
    });
    expect(end?.case).toBe('success');
    expect(calls).toEqual(['prepare 0:49900000000,1:100000000', 'release']);
    const [row] = await store.scan('submissions', null, 10);
    expect(row).toMatchObject({ fulfillment: fulfillment.id, transfer: null });
  });

  test('that was signed wrong is answered with what should have been signed', async () => {
    const [, end] = await wallets.converse([transferFrame(), signatures(2)]);
    expect(end?.response).toMatchObject({
      case: 'error',
      value: {
        code: 2,
        errorDetails: [
          {
            type: {
              case: 'invalidSignature',
              value: { expectedTransaction: { value: Uint8Array.of(9) } },
            },
          },
        ],
      },
    });
    const [, none] = await wallets.converse([transferFrame(), NO_SIGNATURES]);
    expect(none?.response).toMatchObject({ case: 'error', value: { code: 2 } });
    expect(calls.filter((call) => call === 'release')).toHaveLength(2);
    expect(await store.scan('submissions', null, 10)).toEqual([]);
  });

  test('that cannot carry it out says so before anything is signed', async () => {
    const answers = await wallets.converse([transferFrame(shop), signatures(1)]);
    expect(answers).toHaveLength(1);
    expect(answers[0]?.response).toMatchObject({ case: 'error', value: { code: STALE } });
  });

  test('has the balance, the addresses and the test money', async () => {
    await wallets.openPrimary(payer);
    const { tokenAccountInfos = {} } = await wallets.infosOf(payer);
    const at = address(`account of ${payer.address}`);
    expect(tokenAccountInfos[at]).toMatchObject({
      balance: 77n,
      authority: shown(payer),
      mint: shown(keyOf('mint')),
    });
    expect((await wallets.drop(payer)).result).toBe(0);
    expect(calls).toEqual([`airdrop ${payer.address} 500000000000`]);
    const can = (key: TestKey) =>
      wallets.transaction.canWithdrawToAccount({ account: owner(key) } as never, contextOf(null));
    expect((await can(shop)).isValidPaymentDestination).toBe(false);
    expect((await can(friend)).isValidPaymentDestination).toBe(true);
  });
});

describe('accounts', () => {
  test('are shown to their owner alone, primary and relationships', async () => {
    expect((await wallets.infosOf(payer)).result).toBe(1);
    expect(await wallets.openPrimary(payer)).toBeNull();
    const relation = keyOf('relation');
    const open = {
      accountType: AccountType.RELATIONSHIP,
      owner: owner(payer),
      authority: owner(relation),
      token: owner(relation),
    };
    const bytes = toBinary(OpenAccountActionSchema, create(OpenAccountActionSchema, open));
    const establish = (signature: Uint8Array, id = newCodeId()) =>
      wallets.submit(
        id,
        {
          case: 'establishRelationship',
          value: { relationship: { type: { case: 'domain', value: { value: 'Shop.Example' } } } },
        },
        [
          {
            id: 0,
            type: {
              case: 'openAccount',
              value: { ...open, authoritySignature: { value: signature } },
            },
          },
        ],
      );
    expect(await establish(payer.sign(bytes))).toEqual([
      INVALID,
      'actions[0]: authority signature is invalid',
    ]);
    expect(await establish(relation.sign(bytes))).toBeNull();
    const { tokenAccountInfos = {} } = await wallets.infosOf(payer);
    expect(tokenAccountInfos[payer.address]).toMatchObject({
      accountType: AccountType.PRIMARY,
      balance: 0n,
    });
    expect(tokenAccountInfos[relation.address]).toMatchObject({
      accountType: AccountType.RELATIONSHIP,
      relationship: { type: { case: 'domain', value: { value: 'shop.example' } } },
    });
    const forged = create(GetTokenAccountInfosRequestSchema, {
      owner: owner(payer),
      signature: { value: friend.sign(new Uint8Array()) },
    });
    await expect(
      wallets.account.getTokenAccountInfos(forged, contextOf(null)),
    ).rejects.toMatchObject({
      code: Code.Unauthenticated,
    });
    const is = (key: TestKey) =>
      wallets.account.isCodeAccount(
        signed(IsCodeAccountRequestSchema, { owner: owner(key) }, key),
        contextOf(null),
      );
    expect([(await is(payer)).result, (await is(friend)).result]).toEqual([0, 1]);
  });

  test('cannot be opened with the id of a request', async () => {
    const id = await request(base.engine, { destination: shop });
    const open = { accountType: AccountType.PRIMARY, owner: owner(payer), authority: owner(payer) };
    const actions: Actions = [{ id: 0, type: { case: 'openAccount', value: open } }];
    expect(await wallets.submit(id, { case: 'openAccounts', value: {} }, actions)).toEqual([
      DENIED,
      'intent id is reserved for a request',
    ]);
  });

  test('get test money up to a limit, and none in live mode', async () => {
    const result = await wallets.drop(payer);
    expect(result).toMatchObject({ result: 0, exchangeData: { nativeAmount: 50 } });
    for (let i = 1; i < 20; i++) expect((await wallets.drop(payer)).result).toBe(0);
    expect((await wallets.drop(payer)).result).toBe(2);
    expect(await wallets.balance(payer)).toBe(10_000_000_000_000n);
    const live = services({ ...deps, mode: 'live' });
    const call = signed(AirdropRequestSchema, { airdropType: 2, owner: owner(friend) }, friend);
    expect((await live.transaction.airdrop(call, contextOf(null))).result).toBe(1);
  });
});
