import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { timestampNow } from '@bufbuild/protobuf/wkt';
import { beforeAll, describe, expect, test } from 'vitest';
import { fromBase58, toBase58 } from '../../src/wire/code/base58.js';
import { AccountType } from '../../src/wire/code/proto/code/common/v1/common_pb.js';
import {
  SubmitIntentRequest_SubmitActionsSchema as ActionsSchema,
  SubmitIntentResponse_Error_Code as ErrorCode,
  type SubmitIntentRequest,
  type SubmitIntentRequestSchema,
  type SubmitIntentResponseSchema,
} from '../../src/wire/code/proto/code/transaction/v2/transaction_pb.js';
import { paymentMessage } from '../../src/wire/code/solana/payment.js';
import { webCurve } from './curve.js';
import type { Transport } from './envelope.js';
import { WalletError } from './errors.js';
import { keysFromPhrase, newPhrase, type WalletKeys } from './keys.js';
import type { PaymentOffer } from './offers.js';
import { pay, send } from './pay.js';
import type { Means } from './wallet.js';

type Response = MessageInitShape<typeof SubmitIntentResponseSchema>;

let keys: WalletKeys;
const addresses: string[] = [];
beforeAll(async () => {
  keys = await keysFromPhrase(newPhrase());
  for (let byte = 1; byte <= 4; byte += 1) {
    const { publicKey } = await webCurve.signerOf(new Uint8Array(32).fill(byte));
    addresses.push(toBase58(publicKey));
  }
});

const RATE = 0.00001;
const bytesOf = (address: string): Uint8Array => fromBase58(address, 32) ?? new Uint8Array();
const PARAMETERS: Response = { response: { case: 'serverParameters', value: {} } };
const SUCCESS: Response = { response: { case: 'success', value: {} } };
const failure = (code: ErrorCode, reason: string): Response => ({
  response: {
    case: 'error',
    value: { code, errorDetails: [{ type: { case: 'reasonString', value: { reason } } }] },
  },
});

/** A server that answers a submission in order; an error among the answers is thrown. */
function meansOver(answers: readonly (Response | WalletError)[], durable = false) {
  const sent: SubmitIntentRequest[] = [];
  const left = [...answers];
  const owner = { value: keys.owner.publicKey };
  const primary = { owner, authority: owner, address: owner, accountType: AccountType.PRIMARY };
  const unary: Record<string, object> = {
    getAllRates: { asOf: timestampNow(), rates: { usd: RATE, kin: 1 } },
    getTokenAccountInfos: { tokenAccountInfos: { own: primary } },
    getIntentMetadata: { result: durable ? 0 : 1 },
  };
  let open = 0;
  const transport: Transport = {
    call: async (method) => create(method.output, unary[method.localName] as never),
    open: async (method) => {
      open += 1;
      return {
        send: (message) =>
          void sent.push(create(method.input, message) as never as SubmitIntentRequest),
        receive: async () => {
          const next = left.shift();
          if (next === undefined) throw new Error('nothing more was to be said');
          if (next instanceof WalletError) throw next;
          return create(method.output, next as never);
        },
        close: () => {
          open -= 1;
        },
      };
    },
  };
  const means: Means = { keys, address: toBase58(keys.owner.publicKey), transport };
  return { means, sent, open: () => open };
}

function actionsIn(sent: readonly SubmitIntentRequest[]) {
  const request = sent[0]?.request;
  if (request?.case !== 'submitActions') throw new Error('no actions were sent');
  return request.value;
}

function offer(changes: Partial<PaymentOffer> = {}): PaymentOffer {
  const [destination = '', first = '', second = '', intent = ''] = addresses;
  return {
    ...{ kind: 'payment', payload: new Uint8Array(20), intent, currency: 'usd', amount: 1.11 },
    ...{ quarks: 1n, rate: 1, destination, site: null },
    fees: [
      { destination: first, basisPoints: 100, quarks: 1n },
      { destination: second, basisPoints: 33, quarks: 1n },
    ],
    ...changes,
  };
}

describe('a payment', () => {
  test('is signed for the rate of now, net and fees to the quark', async () => {
    const { means, sent, open } = meansOver([PARAMETERS, SUCCESS]);
    const receipt = await pay(means, offer());
    const gross = 11_100_000_000n;
    const fees = [111_000_000n, 36_630_000n];
    expect(receipt).toMatchObject({ quarks: gross, amount: 1.11, currency: 'usd', user: null });
    const submitted = actionsIn(sent);
    expect(submitted.id?.value).toEqual(bytesOf(receipt.intent));
    expect(submitted.metadata?.type).toMatchObject({
      case: 'sendPublicPayment',
      value: { exchangeData: { currency: 'usd', exchangeRate: RATE, quarks: gross } },
    });
    const moved = submitted.actions.map(({ id, type }) => {
      if (type.case !== 'noPrivacyTransfer' && type.case !== 'feePayment') throw new Error('other');
      return [id, type.case, type.value.amount, toBase58(type.value.destination?.value as never)];
    });
    const [destination, first, second] = addresses;
    expect(moved).toEqual([
      [0, 'noPrivacyTransfer', gross - 147_630_000n, destination],
      [1, 'feePayment', fees[0], first],
      [2, 'feePayment', fees[1], second],
    ]);
    const { signature, ...unsigned } = submitted;
    const bytes = toBinary(ActionsSchema, unsigned as never);
    const { publicKey } = keys.owner;
    expect(await webCurve.verify(publicKey, bytes, signature?.value as never)).toBe(true);
    expect(sent[1]?.request).toMatchObject({ case: 'submitSignatures', value: { signatures: [] } });
    expect(open()).toBe(0);
  });

  test('in kin is of the quarks that were asked for', async () => {
    const { means, sent } = meansOver([PARAMETERS, SUCCESS]);
    const kin = { currency: 'kin', amount: 54_321.68, quarks: 5_432_168_000n, fees: [] };
    expect(await pay(means, offer(kin))).toMatchObject({ quarks: 5_432_168_000n });
    expect(actionsIn(sent).metadata?.type.value).toMatchObject({
      exchangeData: { currency: 'kin', exchangeRate: 1, quarks: 5_432_168_000n },
    });
  });

  test.each<[string, ErrorCode, string]>([
    ['funds', ErrorCode.INVALID_INTENT, 'insufficient balance to perform action'],
    ['paid', ErrorCode.STALE_STATE, 'intent already exists'],
    ['over', ErrorCode.STALE_STATE, 'payment request has expired'],
    ['over', ErrorCode.STALE_STATE, 'payment request was canceled'],
    ['stale', ErrorCode.STALE_STATE, 'fiat exchange rate is stale'],
    ['refused', ErrorCode.DENIED, 'intent id is reserved for a request'],
  ])('fails as %s (%i) where the server says: %s', async (code, wire, reason) => {
    for (const answers of [[failure(wire, reason)], [PARAMETERS, failure(wire, reason)]]) {
      const { means, open } = meansOver(answers);
      await expect(pay(means, offer())).rejects.toMatchObject({ code });
      expect(open()).toBe(0);
    }
  });

  test.each([[[SUCCESS]], [[PARAMETERS, PARAMETERS]]])(
    'is not taken for paid where the server answers out of turn',
    async (answers) => {
      await expect(pay(meansOver(answers).means, offer())).rejects.toMatchObject({
        code: 'protocol',
      });
    },
  );

  test('whose answer was lost is looked up', async () => {
    const lost = new WalletError('unreachable', 'gone');
    const done = meansOver([PARAMETERS, lost], true);
    expect(await pay(done.means, offer())).toMatchObject({ amount: 1.11 });
    const unsure = {
      code: 'unreachable',
      message: expect.stringContaining('may have been paid'),
    };
    const undone = meansOver([PARAMETERS, lost], false);
    await expect(pay(undone.means, offer())).rejects.toMatchObject(unsure);
    const silent = meansOver([PARAMETERS, lost], true);
    const { call } = silent.means.transport;
    const transport: Transport = {
      ...silent.means.transport,
      call: (method, request) =>
        method.localName === 'getIntentMetadata' ? Promise.reject(lost) : call(method, request),
    };
    const asked = pay({ ...silent.means, transport }, offer());
    await expect(asked).rejects.toMatchObject(unsure);
  });
});

describe('sending', () => {
  test('takes an id of its own each time', async () => {
    const ids = new Set<string>();
    for (let i = 0; i < 3; i += 1) {
      const { means } = meansOver([PARAMETERS, SUCCESS]);
      ids.add((await send(means, addresses[0] ?? '', 0.05, 'usd')).intent);
    }
    expect(ids.size).toBe(3);
  });

  test.each<[string, string, number, string]>([
    ['unreadable', 'not an address', 1, 'usd'],
    ['unreadable', '1111', 1, 'usd'],
    ['unreadable', '11111111111111111111111111111111', 0, 'usd'],
    ['unreadable', '11111111111111111111111111111111', Number.NaN, 'usd'],
    ['unsupported', '11111111111111111111111111111111', 1, 'xyz'],
  ])('is refused as %s: to %s, %d %s', async (code, address, amount, currency) => {
    const { means, sent } = meansOver([]);
    await expect(send(means, address, amount, currency)).rejects.toMatchObject({ code });
    expect(sent).toEqual([]);
  });
});

describe('on a chain', () => {
  const word = (byte: number) => ({ value: new Uint8Array(32).fill(byte) });
  const asking = (opens: readonly string[], more: object[] = []): Response => {
    const nonce = {
      ...{ nonce: word(11), blockhash: word(12), feePayer: word(13), mint: word(14) },
      opens: opens.map((key) => ({ value: bytesOf(key) })),
    };
    const serverParameters = [{ actionId: 0, nonces: [nonce, ...more] }];
    return { response: { case: 'serverParameters', value: { serverParameters } } };
  };

  test('the transaction that the wallet builds itself is signed', async () => {
    const opens = addresses.slice(0, 1);
    const { means, sent } = meansOver([asking(opens), SUCCESS]);
    await pay(means, offer({ currency: 'kin', amount: 1, quarks: 100_000n }));
    const [destination = '', first = '', second = ''] = addresses;
    const [nonce, blockhash, feePayer, mint] = [11, 12, 13, 14].map((byte) =>
      toBase58(word(byte).value),
    ) as [string, string, string, string];
    const message = await paymentMessage(
      toBase58(keys.owner.publicKey),
      [
        { destination, quarks: 98_670n },
        { destination: first, quarks: 1_000n },
        { destination: second, quarks: 330n },
      ],
      { nonce, blockhash, feePayer, mint, opens },
    );
    const request = sent[1]?.request as Extract<
      MessageInitShape<typeof SubmitIntentRequestSchema>['request'],
      { case: 'submitSignatures' }
    >;
    const [signature, ...more] = request.value.signatures ?? [];
    expect(more).toEqual([]);
    const { publicKey } = keys.owner;
    const signed = signature?.value as Uint8Array;
    expect(await webCurve.verify(publicKey, message.bytes, signed)).toBe(true);
  });

  test('what makes no transaction is not signed', async () => {
    for (const parameters of [asking([], [{}]), asking(['11111111111111111111111111111112'])]) {
      const { means, sent } = meansOver([parameters]);
      await expect(pay(means, offer())).rejects.toMatchObject({ code: 'protocol' });
      expect(sent).toHaveLength(1);
    }
  });
});
