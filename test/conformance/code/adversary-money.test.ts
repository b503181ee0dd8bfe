import { create, createRegistry, equals, fromBinary, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../../src/engine/audit.js';
import {
  GetTokenAccountInfosRequestSchema,
  GetTokenAccountInfosResponseSchema,
} from '../../../src/wire/code/proto/code/account/v1/account_pb.js';
import {
  AirdropRequestSchema,
  FeePaymentAction_FeeType as FeeType,
  TippedUser_Platform as Platform,
  SubmitIntentRequest_SubmitActionsSchema as SubmitActionsSchema,
  type SubmitIntentRequest,
  SubmitIntentRequestSchema,
  SubmitIntentResponseSchema,
} from '../../../src/wire/code/proto/code/transaction/v2/transaction_pb.js';
import { messageBytes, sendBytes } from '../../support/code-services.js';
import {
  type Actions,
  actionsFrame,
  type Metadata,
  NO_SIGNATURES,
  owner,
  signed,
  USD,
} from '../../support/submissions.js';
import { startTestTender, type TestTender } from '../../support/tender.js';
import { keyOf, newCodeId, type TestKey } from '../../support/wallets.js';
import { newRendezvous, openSocket, post } from './envelope-client.js';
import { bill, partial } from './request-desk.js';

/** Whoever wants money that is not theirs, over the transport that wallets have. */

const THIEF = keyOf('thief');
const VICTIM = keyOf('victim');
const SHOP = keyOf('robbed shop');
const GIFT = 500_000_000_000n;

let tender: TestTender;
beforeAll(async () => {
  tender = await startTestTender();
  for (const key of [THIEF, VICTIM, SHOP]) await fill(key);
});
afterAll(async () => {
  expect(await audit(tender.store)).toEqual([]);
  expect(tender.errors).toEqual([]);
  await tender.stop();
});

async function fill(key: TestKey): Promise<void> {
  const call = signed(AirdropRequestSchema, { airdropType: 2, owner: owner(key) }, key);
  const bytes = toBinary(AirdropRequestSchema, call);
  expect((await post(tender.url, 'Transaction', 'airdrop', bytes)).envelope.message).toBe('');
}

async function balance(key: TestKey): Promise<bigint> {
  const schema = GetTokenAccountInfosRequestSchema;
  const bytes = toBinary(schema, signed(schema, { owner: owner(key) }, key));
  const { envelope } = await post(tender.url, 'Account', 'getTokenAccountInfos', bytes);
  expect(envelope.message).toBe('');
  const { tokenAccountInfos } = fromBinary(GetTokenAccountInfosResponseSchema, envelope.body);
  return tokenAccountInfos[key.address]?.balance ?? 0n;
}

const frameBytes = (frame: SubmitIntentRequest) => toBinary(SubmitIntentRequestSchema, frame);

/** Sends a first frame and the second behind it; how it ends: `ok`, or the text of the refusal. */
async function submitted(first: Uint8Array): Promise<string> {
  const { socket, send, next } = await openSocket(tender.url);
  try {
    send('Transaction', 'submitIntent', first);
    send('Transaction', 'submitIntent', frameBytes(NO_SIGNATURES));
    for (;;) {
      const { message, body } = await next();
      if (message !== '') return message;
      const { response } = fromBinary(SubmitIntentResponseSchema, body);
      if (response.case === 'success') return 'ok';
      if (response.case !== 'error') continue;
      const details = response.value.errorDetails[0]?.type;
      return details?.case === 'reasonString' ? details.value.reason : 'no reason';
    }
  } finally {
    socket.close();
  }
}

interface Forgery {
  readonly exchange?: Partial<typeof USD>;
  readonly from?: TestKey;
  readonly to?: TestKey;
  readonly authority?: TestKey;
  readonly amount?: bigint;
  readonly fees?: readonly { to: TestKey | null; amount: bigint; from?: TestKey }[];
  readonly more?: Actions;
  readonly codeId?: string;
}

/** A payment by the thief, signed as it is; what a test does not name is right. */
function forged(forgery: Forgery): SubmitIntentRequest {
  const { from = THIEF, to = SHOP, authority = THIEF, fees = [], more = [] } = forgery;
  const exchangeData = { ...USD, ...forgery.exchange };
  const left = fees.reduce((sum, { amount }) => sum - amount, exchangeData.quarks);
  const amount = forgery.amount ?? (left < 0n ? 0n : left);
  const transfer = {
    authority: owner(authority),
    source: owner(from),
    destination: owner(to),
    amount,
  };
  const feeActions: Actions = fees.map((fee, i) => ({
    id: i + 1,
    type: {
      case: 'feePayment',
      value: {
        authority: owner(authority),
        source: owner(fee.from ?? from),
        amount: fee.amount,
        type: fee.to === null ? FeeType.CODE : FeeType.THIRD_PARTY,
        ...(fee.to === null ? {} : { destination: owner(fee.to) }),
      },
    },
  }));
  const value = { source: owner(from), destination: owner(to), exchangeData, isWithdrawal: true };
  return actionsFrame(THIEF, forgery.codeId ?? newCodeId(), { case: 'sendPublicPayment', value }, [
    { id: 0, type: { case: 'noPrivacyTransfer', value: transfer } },
    ...feeActions,
    ...more,
  ]);
}

const U64_MAX = 2n ** 64n - 1n;
const transferTo = (to: TestKey, id: number, amount: bigint): Actions => [
  {
    id,
    type: {
      case: 'noPrivacyTransfer',
      value: {
        authority: owner(THIEF),
        source: owner(THIEF),
        destination: owner(to),
        amount,
      },
    },
  },
];

/** What it is, and how it is refused. */
const FORGERIES: Readonly<Record<string, readonly [Forgery, RegExp]>> = {
  "another's wallet as the source": [{ from: VICTIM }, /not an account of the owner/],
  "another's wallet by its own authority": [
    { from: VICTIM, authority: VICTIM },
    /not an account of the owner/,
  ],
  'an authority that is not the owner': [{ authority: VICTIM }, /authority must be the owner/],
  'a wallet that nobody has opened': [
    { from: keyOf('unopened'), authority: keyOf('unopened') },
    /source is not an open account/,
  ],
  "a fee out of another's wallet": [
    { fees: [{ to: null, amount: 100_000_000n, from: VICTIM }] },
    /fee payment must be made from/,
  ],
  'itself as the destination': [{ to: THIEF }, /no-op/],
  nothing: [{ exchange: { quarks: 0n }, amount: 0n }, /amount is not positive/],
  'more than there is': [
    { exchange: { nativeAmount: 5000, quarks: 50_000_000_000_000n } },
    /insufficient balance/,
  ],
  'as much as a number can be': [{ exchange: { quarks: U64_MAX } }, /mismatch/],
  'as much as a signed number cannot be': [{ exchange: { quarks: 2n ** 63n } }, /mismatch/],
  'as much as a number can be, in kin': [
    {
      exchange: {
        currency: 'kin',
        exchangeRate: 1,
        nativeAmount: Number(U64_MAX) / 100_000,
        quarks: U64_MAX,
      },
    },
    /insufficient balance/,
  ],
  'less to the destination than the fees leave': [{ amount: 1n }, /must send .* quarks/],
  'more to the destination than the gross': [{ amount: U64_MAX }, /must send .* quarks/],
  'a fee that wraps around': [
    { fees: [{ to: SHOP, amount: U64_MAX }], amount: USD.quarks + 1n },
    /leave nothing/,
  ],
  'two fees that wrap around together': [
    {
      fees: [
        { to: VICTIM, amount: 2n ** 63n },
        { to: SHOP, amount: 2n ** 63n },
      ],
      amount: USD.quarks,
    },
    /leave nothing/,
  ],
  'all of it as a fee': [{ fees: [{ to: VICTIM, amount: USD.quarks }] }, /leave nothing/],
  'a fee of its own wish': [{ fees: [{ to: THIEF, amount: 1n }] }, /doesn't require a fee/],
  'a fee of nothing': [{ fees: [{ to: VICTIM, amount: 0n }] }, /doesn't require a fee/],
  'a penny of more than a penny': [
    { fees: [{ to: null, amount: USD.quarks / 2n }] },
    /must be \$0\.01/,
  ],
  'two pennies': [
    {
      fees: [
        { to: null, amount: 100_000_000n },
        { to: null, amount: 100_000_000n },
      ],
    },
    /at most 1 code fee/,
  ],
  'a second transfer': [{ more: transferTo(VICTIM, 1, 1n) }, /must have one transfer/],
  'an action with a number twice': [{ more: transferTo(VICTIM, 0, 1n) }, /action id must be 1/],
  'no number as the amount': [{ exchange: { nativeAmount: Number.NaN } }, /not positive/],
  'no end of an amount': [{ exchange: { nativeAmount: Number.POSITIVE_INFINITY } }, /mismatch/],
  'less than nothing': [{ exchange: { nativeAmount: -5 } }, /not positive/],
  'less than nothing, barely': [{ exchange: { nativeAmount: -0 } }, /not positive/],
  'the least double': [{ exchange: { nativeAmount: 5e-324 } }, /mismatch/],
  'the largest double': [{ exchange: { nativeAmount: Number.MAX_VALUE } }, /mismatch/],
  'no number as the rate': [{ exchange: { exchangeRate: Number.NaN } }, /not positive/],
  'no end of a rate': [{ exchange: { exchangeRate: Number.POSITIVE_INFINITY } }, /stale/],
  'a rate of nothing': [{ exchange: { exchangeRate: 0 } }, /not positive/],
  'a rate below nothing': [{ exchange: { exchangeRate: -0.00001 } }, /not positive/],
  'a rate of its own wish': [{ exchange: { exchangeRate: 0.001, quarks: 500_000_000n } }, /stale/],
  'a currency in capitals': [{ exchange: { currency: 'USD' } }, /stale/],
  'a currency of no name': [{ exchange: { currency: '' } }, /stale/],
  'a currency of a built-in name': [{ exchange: { currency: '__proto__' } }, /stale/],
  'a currency with a zero byte': [{ exchange: { currency: 'usd\0' } }, /stale/],
  'kin at another rate': [{ exchange: { currency: 'kin', exchangeRate: 2 } }, /rate must be 1/],
};

describe('a payment that asks for', () => {
  test.each(Object.entries(FORGERIES))('%s is refused', async (_, [forgery, why]) => {
    const before = [await balance(THIEF), await balance(VICTIM), await balance(SHOP)];
    expect(await submitted(frameBytes(forged(forgery)))).toMatch(why);
    expect([await balance(THIEF), await balance(VICTIM), await balance(SHOP)]).toEqual(before);
  });
});

describe('a tip', () => {
  const tipTo = (username: string): SubmitIntentRequest => {
    const value = {
      destination: owner(SHOP),
      exchangeData: USD,
      isWithdrawal: true,
      isTip: true,
      tippedUser: { platform: Platform.TWITTER, username },
    };
    const metadata: Metadata = { case: 'sendPrivatePayment', value };
    return actionsFrame(THIEF, newCodeId(), metadata, transferTo(SHOP, 0, USD.quarks));
  };

  test.each([
    ['nobody', ''],
    ['somebody unknown', 'nobody'],
    ['a name with a zero byte', 'a\0b'],
    ['a name with a path', '../x/ada'],
    ['a name of a built-in', '__proto__'],
    ['a name without end', 'a'.repeat(50_000)],
  ])('to %s moves nothing', async (_, username) => {
    const before = await balance(THIEF);
    expect(await submitted(frameBytes(tipTo(username)))).toBe(
      'twitter user is not registered with code',
    );
    expect(await balance(THIEF)).toBe(before);
  });

  test('in more bytes than any wallet signs is not kept', async () => {
    expect(await submitted(frameBytes(tipTo('a'.repeat(70_000))))).toBe(
      '[invalid_argument] what is signed has at most 65536 bytes',
    );
  });
});

describe('a payment that was signed by its owner', () => {
  const pays = (): SubmitIntentRequest => forged({});

  test('is refused where a bit of it was changed', async () => {
    const before = await balance(THIEF);
    const call = frameBytes(pays());
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: call.length * 8 - 1 }), async (bit) => {
        const flipped = call.slice();
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        fc.pre(!isSame(flipped, call));
        expect(await submitted(flipped)).toMatch(/^\[(invalid_argument|unauthenticated)\]/);
      }),
      { numRuns: 150 },
    );
    expect(await balance(THIEF)).toBe(before);
  });

  test('is refused where it was cut off, or something was put behind it', async () => {
    const before = await balance(THIEF);
    const call = frameBytes(pays());
    const tail = fc.uint8Array({ minLength: 1, maxLength: 40 });
    const cut = fc.integer({ min: 0, max: call.length - 1 });
    await fc.assert(
      fc.asyncProperty(fc.oneof(tail, cut), async (change) => {
        const forgery =
          typeof change === 'number'
            ? call.subarray(0, change)
            : Uint8Array.from([...call, ...change]);
        fc.pre(!isSame(forgery, call));
        expect(await submitted(forgery)).toMatch(/^\[(invalid_argument|unauthenticated)\]/);
      }),
      { numRuns: 100 },
    );
    expect(await balance(THIEF)).toBe(before);
  });

  test('happens once, however often and over how many connections it is sent', async () => {
    const [before, shop] = [await balance(THIEF), await balance(SHOP)];
    const call = frameBytes(pays());
    const ends = await Promise.all(Array.from({ length: 8 }, () => submitted(call)));
    expect(ends.filter((end) => end === 'ok')).toHaveLength(1);
    expect(ends.filter((end) => end === 'intent already exists')).toHaveLength(7);
    expect(await submitted(call)).toBe('intent already exists');
    expect(await balance(THIEF)).toBe(before - USD.quarks);
    expect(await balance(SHOP)).toBe(shop + USD.quarks);
  });
});

/** Whether bytes hold the very actions that others do: what is around them says nothing. */
function isSame(bytes: Uint8Array, call: Uint8Array): boolean {
  try {
    const [one, other] = [bytes, call].map((each) => {
      const { request } = fromBinary(SubmitIntentRequestSchema, each);
      return request.case === 'submitActions' ? request.value : null;
    });
    if (one == null || other == null) return false;
    return equals(SubmitActionsSchema, one, other, { unknown: true, registry: createRegistry() });
  } catch {
    return false;
  }
}

describe('the fees of a request', () => {
  const TAKER = keyOf('fee taker');
  beforeAll(() => fill(TAKER));

  /** Asks for five dollars to the shop, with parts of it to others. */
  async function ask(fees: readonly { to: TestKey; feeBps: number }[]): Promise<string> {
    const rendezvous = newRendezvous();
    const additionalFees = fees.map(({ to, feeBps }) => ({ destination: owner(to), feeBps }));
    const { value } = partial('usd', 5).kind;
    const asked = bill({ ...value, requestorAccount: owner(SHOP), additionalFees });
    const sent = sendBytes(rendezvous, messageBytes(asked));
    expect((await post(tender.url, 'Messaging', 'sendMessage', sent)).envelope.message).toBe('');
    return rendezvous.address;
  }

  const all = () => Promise.all([THIEF, SHOP, TAKER].map(balance));

  test('are what it says, to the quark and in its order', async () => {
    const codeId = await ask([
      { to: TAKER, feeBps: 3333 },
      { to: THIEF, feeBps: 1 },
    ]);
    const parts = [16_665_000_000n, 5_000_000n] as const;
    const right = [
      { to: TAKER, amount: parts[0] },
      { to: THIEF, amount: parts[1] },
    ];
    const before = await all();
    for (const fees of [
      [],
      right.slice(0, 1),
      right.toReversed(),
      [{ to: THIEF, amount: parts[0] }, ...right.slice(1)],
      [{ to: TAKER, amount: parts[0] - 1n }, ...right.slice(1)],
      [{ to: TAKER, amount: parts[0] + 1n }, ...right.slice(1)],
      [...right, { to: VICTIM, amount: 0n }],
      [{ to: TAKER, amount: 0n }, ...right],
    ])
      expect(await submitted(frameBytes(forged({ codeId, fees })))).toMatch(/fee payment/);
    expect(await all()).toEqual(before);
    // The payer is a taker here: what it gives itself stays where it is.
    expect(await submitted(frameBytes(forged({ codeId, fees: right })))).toBe('ok');
    const net = USD.quarks - parts[0] - parts[1];
    const [thief = 0n, shop = 0n, taker = 0n] = before;
    expect(await all()).toEqual([thief - USD.quarks + parts[1], shop + net, taker + parts[0]]);
  });
});

describe('a race', () => {
  test('of payments for one request pays it once', async () => {
    const rendezvous = newRendezvous();
    const asked = bill({ ...partial('usd', 5).kind.value, requestorAccount: owner(SHOP) });
    const sent = sendBytes(rendezvous, messageBytes(asked));
    expect((await post(tender.url, 'Messaging', 'sendMessage', sent)).envelope.message).toBe('');
    const before = await balance(SHOP);
    const payments = [THIEF, VICTIM, THIEF, VICTIM].map((key) => {
      const value = { source: owner(key), destination: owner(SHOP), exchangeData: USD };
      const transfer = {
        authority: owner(key),
        source: owner(key),
        destination: owner(SHOP),
        amount: USD.quarks,
      };
      return actionsFrame(key, rendezvous.address, { case: 'sendPublicPayment', value }, [
        { id: 0, type: { case: 'noPrivacyTransfer', value: transfer } },
      ]);
    });
    const ends = await Promise.all(payments.map((frame) => submitted(frameBytes(frame))));
    expect(ends.filter((end) => end === 'ok')).toHaveLength(1);
    expect(await balance(SHOP)).toBe(before + USD.quarks);
  });

  test('of payments from one wallet spends what it has, and no more', async () => {
    const runner = keyOf('runner');
    await fill(runner);
    const value = { source: owner(runner), destination: owner(SHOP), exchangeData: USD };
    const transfer = {
      authority: owner(runner),
      source: owner(runner),
      destination: owner(SHOP),
      amount: USD.quarks,
    };
    const frames = Array.from({ length: 14 }, () =>
      actionsFrame(runner, newCodeId(), { case: 'sendPublicPayment', value }, [
        { id: 0, type: { case: 'noPrivacyTransfer', value: transfer } },
      ]),
    );
    const ends = await Promise.all(frames.map((frame) => submitted(frameBytes(frame))));
    expect(ends.filter((end) => end === 'ok')).toHaveLength(Number(GIFT / USD.quarks));
    expect(await balance(runner)).toBe(0n);
  });

  test('for test money stops where its limit is', async () => {
    const greedy = keyOf('greedy');
    const call = signed(AirdropRequestSchema, { airdropType: 2, owner: owner(greedy) }, greedy);
    const bytes = toBinary(AirdropRequestSchema, create(AirdropRequestSchema, call));
    const asks = Array.from({ length: 30 }, () =>
      post(tender.url, 'Transaction', 'airdrop', bytes),
    );
    for (const { status } of await Promise.all(asks)) expect(status).toBe(200);
    expect(await balance(greedy)).toBe(20n * GIFT);
  });
});
