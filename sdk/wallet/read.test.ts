import { clone, create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { timestampNow } from '@bufbuild/protobuf/wkt';
import {
  LoginRequestIntent,
  PaymentRequestIntent,
  PaymentRequestWithLoginIntent,
} from '@code-wallet/intents';
import { Keypair } from '@code-wallet/keys';
import { beforeAll, describe, expect, test } from 'vitest';
import { toBase58 } from '../../src/wire/code/base58.js';
import { encodePayload } from '../../src/wire/code/payload.js';
import { DomainSchema } from '../../src/wire/code/proto/code/common/v1/common_pb.js';
import {
  type Message,
  MessageSchema,
  RequestToLoginSchema,
  type RequestToReceiveBill,
  RequestToReceiveBillSchema,
  type SendMessageRequestSchema,
} from '../../src/wire/code/proto/code/messaging/v1/messaging_pb.js';
import { type Signer, sha256, webCurve } from './curve.js';
import type { Transport } from './envelope.js';
import { WalletError } from './errors.js';
import { keysFromPhrase, newPhrase, type WalletKeys } from './keys.js';
import type { Offer, PaymentOffer } from './offers.js';
import { read } from './read.js';
import type { Means } from './wallet.js';

const RATE = 0.00001;
const pair = Keypair.fromSeed(new Uint8Array(32).fill(7));
const verifierKey = pair.getPublicKey().toBase58();
const destination = 'E8otxw1CVX9bfyddKu3ZB3BVLa4VVF9J7CTPdnUwT9jR';
const payment = { mode: 'payment', destination, amount: 0.05, currency: 'usd' } as const;
const login = { domain: 'example.com', verifier: verifierKey };
const fees = [
  { destination: toBase58(new Uint8Array(32).fill(1)), basisPoints: 100 },
  { destination: toBase58(new Uint8Array(32).fill(2)), basisPoints: 250 },
];

let keys: WalletKeys;
beforeAll(async () => {
  keys = await keysFromPhrase(newPhrase());
});

/** A request as it lies at its rendezvous, and the code that leads to it. */
interface Left {
  readonly payload: Uint8Array;
  readonly message: Message;
}

/** Leaves what the published client makes of options. */
// biome-ignore lint/suspicious/noExplicitAny: the three classes share no type
function leave(Intent: new (options: any) => any, options: object): Left {
  const intent = new Intent({ ...options, signers: [pair] });
  const { envelope, signature } = intent.sign();
  const message = fromBinary(MessageSchema, envelope.toBinary());
  return {
    payload: new Uint8Array(intent.rendezvousPayload.toBinary()),
    message: stored(message, signature),
  };
}

/** As the server gives it out: with an id and the sender's signature. */
function stored(message: Message, signature: Uint8Array): Message {
  const ours = create(MessageSchema, {
    id: { value: new Uint8Array(16).fill(3) },
    sendMessageRequestSignature: { value: signature },
  });
  return Object.assign(ours, { kind: message.kind });
}

/** Leaves a message of our own making, signed by the code's key or by another. */
async function leaveOwn(
  payload: Uint8Array,
  kind: MessageInitShape<typeof MessageSchema>['kind'] & object,
  by?: Signer,
): Promise<Left> {
  const message = create(MessageSchema, { kind } as MessageInitShape<typeof MessageSchema>);
  const signer = by ?? (await webCurve.signerOf(await sha256(payload)));
  const signature = await signer.sign(toBinary(MessageSchema, message));
  return { payload, message: stored(message, signature) };
}

/** A server with one rendezvous; what is said there is kept. */
function meansOver(messages: readonly Message[], submitted = false) {
  const said: string[] = [];
  const answers: Record<string, (request: never) => object> = {
    pollMessages: () => ({ messages }),
    getStatus: () => ({ exists: true, intentSubmitted: submitted }),
    getAllRates: () => ({ asOf: timestampNow(), rates: { usd: RATE, kin: 1 } }),
    sendMessage: ({ message }: MessageInitShape<typeof SendMessageRequestSchema>) => {
      said.push(String(message?.kind?.case));
      return {};
    },
  };
  const transport: Transport = {
    call: async (method, request) => {
      const answer = answers[method.localName]?.(request as never);
      if (answer === undefined) throw new Error(`asked for ${method.localName}`);
      return create(method.output, answer as never);
    },
    open: () => Promise.reject(new Error('opened a connection')),
  };
  const means: Means = { keys, address: toBase58(keys.owner.publicKey), transport };
  return { means, said };
}

async function readLeft({ payload, message }: Left): Promise<Offer> {
  const { means, said } = meansOver([message]);
  const offer = await read(means, payload);
  expect(said).toEqual(['codeScanned']);
  return offer;
}

async function refusal({ payload, message }: Left): Promise<string> {
  const { means, said } = meansOver([message]);
  const code = await read(means, payload).then(
    () => 'read',
    (error) => error.code ?? String(error),
  );
  expect(said).toEqual([]);
  return code;
}

/** A message of bytes; null where they are none. */
function parsed(bytes: Uint8Array): Message | null {
  try {
    return fromBinary(MessageSchema, bytes);
  } catch {
    return null;
  }
}

const nonce = new Uint8Array(11).fill(5);
const usd = (hundredths: bigint): Uint8Array =>
  encodePayload({ kind: 'request_payment', currency: 'usd', hundredths, nonce });
const account = { value: new Uint8Array(32).fill(9) };
type Bill = Extract<MessageInitShape<typeof RequestToReceiveBillSchema>, { $typeName?: never }>;
const partial = (nativeAmount: number, currency = 'usd'): Bill => ({
  requestorAccount: account,
  exchangeData: { case: 'partial', value: { currency, nativeAmount } },
});
const ask = (payload: Uint8Array, bill: Bill, by?: Signer): Promise<Left> =>
  leaveOwn(
    payload,
    { case: 'requestToReceiveBill', value: create(RequestToReceiveBillSchema, bill) },
    by,
  );

describe('a request of the published client', () => {
  test('is read', async () => {
    const offer = await readLeft(leave(PaymentRequestIntent, payment));
    expect(offer).toMatchObject({
      ...{ kind: 'payment', currency: 'usd', amount: 0.05, destination },
      ...{ quarks: 500_000_000n, rate: RATE, fees: [], site: null },
    });
  });

  test('with fees names each of them to the quark', async () => {
    const offer = await readLeft(leave(PaymentRequestIntent, { ...payment, amount: 1.11, fees }));
    const gross = 11_100_000_000n;
    expect((offer as PaymentOffer).quarks).toBe(gross);
    expect((offer as PaymentOffer).fees).toEqual([
      { ...fees[0], quarks: gross / 100n },
      { ...fees[1], quarks: (gross * 250n) / 10_000n },
    ]);
  });

  test('with an empty list of fees is read', async () => {
    const offer = await readLeft(leave(PaymentRequestIntent, { ...payment, fees: [] }));
    expect((offer as PaymentOffer).fees).toEqual([]);
  });

  test('in kin is exact', async () => {
    const kin = { ...payment, currency: 'kin', amount: 10_000 };
    const offer = await readLeft(leave(PaymentRequestIntent, kin));
    expect(offer).toMatchObject({ quarks: 1_000_000_000n, rate: 1, amount: 10_000 });
  });

  test('with a login shows the domain that has signed it', async () => {
    const offer = await readLeft(leave(PaymentRequestWithLoginIntent, { ...payment, login }));
    expect(offer).toMatchObject({ site: { domain: 'example.com', verified: true } });
  });

  test('to log in is read', async () => {
    const offer = await readLeft(leave(LoginRequestIntent, { mode: 'login', login }));
    expect(offer).toMatchObject({ kind: 'login', site: { domain: 'example.com', verified: true } });
  });
});

describe('both roundings of 0.125', () => {
  test.each([
    [12n, 'read'],
    [13n, 'read'],
    [11n, 'mismatch'],
    [14n, 'mismatch'],
  ])('a code of %d hundredths', async (hundredths, outcome) => {
    const left = await ask(usd(hundredths), partial(0.125));
    if (outcome === 'read') expect(await readLeft(left)).toMatchObject({ amount: 0.125 });
    else expect(await refusal(left)).toBe(outcome);
  });
});

describe('a request that cannot be believed', () => {
  const good = () => ask(usd(5n), partial(0.05));

  test('is the good one with anything changed', async () => {
    await readLeft(await good());
  });

  test('has no signature, a cut one, or another’s', async () => {
    const { payload, message } = await good();
    const signature = message.sendMessageRequestSignature?.value ?? new Uint8Array();
    for (const value of [new Uint8Array(), signature.subarray(1), new Uint8Array(64)]) {
      expect(await refusal({ payload, message: stored(message, value) })).toBe('unverified');
    }
    const stranger = await webCurve.signerOf(new Uint8Array(32).fill(1));
    expect(await refusal(await ask(usd(5n), partial(0.05), stranger))).toBe('unverified');
  });

  test('was changed on the way, in whatever field', async () => {
    const { payload, message } = await ask(usd(5n), { ...partial(0.05), domain: { value: 'a.b' } });
    const bytes = toBinary(MessageSchema, message);
    let tried = 0;
    // Past the id, which the server adds and nobody signs.
    for (let at = 20; at < bytes.length; at += 1) {
      const flipped = Uint8Array.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      const changed = parsed(flipped);
      // Some flips are no message, or the same one: a wire type that the parser does not mind.
      if (changed === null || String(toBinary(MessageSchema, changed)) === String(bytes)) continue;
      tried += 1;
      const outcome = await refusal({ payload, message: changed });
      expect(['unverified', 'not_found'], `byte ${at}`).toContain(outcome);
    }
    expect(tried).toBeGreaterThan(100);
  });

  test('was cut short', async () => {
    const { payload, message } = await ask(usd(5n), {
      ...partial(0.05),
      domain: { value: 'a.example' },
    });
    // Without its last field, the domain: nine characters in two wrappings.
    const { value } = message.kind as { value: RequestToReceiveBill };
    const cut = toBinary(RequestToReceiveBillSchema, value).subarray(0, -13);
    const bill = fromBinary(RequestToReceiveBillSchema, cut);
    expect([bill.domain, bill.exchangeData.case]).toEqual([undefined, 'partial']);
    const signature = message.sendMessageRequestSignature?.value ?? new Uint8Array();
    const whole = create(MessageSchema, { kind: { case: 'requestToReceiveBill', value: bill } });
    expect(await refusal({ payload, message: stored(whole, signature) })).toBe('unverified');
  });

  test.each<[string, Bill]>([
    ['another amount', partial(0.06)],
    ['an amount a thousand times as large', partial(50)],
    ['another currency', partial(0.05, 'eur')],
    ['no amount at all', { requestorAccount: account }],
    ['no destination', { ...partial(0.05), requestorAccount: { value: new Uint8Array(31) } }],
    [
      'kin in place of dollars',
      {
        requestorAccount: account,
        exchangeData: {
          case: 'exact',
          value: { currency: 'usd', exchangeRate: 1, nativeAmount: 0.05, quarks: 5_000n },
        },
      },
    ],
    [
      'fees that the code hides',
      {
        ...partial(0.05),
        additionalFees: [{ destination: { value: new Uint8Array(32).fill(1) }, feeBps: 100 }],
      },
    ],
  ])('says otherwise than its code: %s', async (_, bill) => {
    expect(await refusal(await ask(usd(5n), bill))).toBe('mismatch');
  });

  const taker = (byte: number, feeBps: number) => ({
    destination: { value: new Uint8Array(32).fill(byte) },
    feeBps,
  });
  test.each([
    ['all of it', [taker(1, 6_000), taker(2, 4_000)]],
    ['nothing', [taker(1, 0)]],
    ['one taker twice', [taker(1, 10), taker(1, 10)]],
    ['the destination', [taker(9, 10)]],
    ['nobody', [{ destination: { value: new Uint8Array(31) }, feeBps: 10 }]],
    ['too many', [taker(1, 1), taker(2, 1), taker(3, 1), taker(4, 1)]],
  ])('has fees for %s', async (_, additionalFees) => {
    const payload = encodePayload({
      ...{ kind: 'request_payment_with_fees', currency: 'usd', hundredths: 5n, nonce },
    } as const);
    expect(await refusal(await ask(payload, { ...partial(0.05), additionalFees }))).toBe(
      'mismatch',
    );
  });

  test.each([
    ['quarks', { exchangeRate: 1, nativeAmount: 1, quarks: 200_000n }],
    ['native amount', { exchangeRate: 1, nativeAmount: 2, quarks: 100_000n }],
    ['rate', { exchangeRate: 2, nativeAmount: 1, quarks: 100_000n }],
  ])('in kin has another %s', async (_, value) => {
    const payload = encodePayload({
      ...{ kind: 'request_payment', currency: 'kin', hundredths: 100n, nonce },
    } as const);
    const exchangeData = { case: 'exact', value: { currency: 'kin', ...value } } as const;
    const left = await ask(payload, { requestorAccount: account, exchangeData });
    expect(await refusal(left)).toBe('mismatch');
  });

  test('is of another kind than its code', async () => {
    const { message } = leave(LoginRequestIntent, { mode: 'login', login });
    expect(await refusal(await leaveOwn(usd(5n), message.kind as never))).toBe('mismatch');
    const loginCode = encodePayload({ kind: 'request_login', nonce });
    expect(await refusal(await ask(loginCode, partial(0.05)))).toBe('mismatch');
  });
});

describe('a domain', () => {
  test('is shown as unverified where nothing proves it', async () => {
    const bill = { ...partial(0.05), domain: { value: 'bank.example' } };
    const offer = await readLeft(await ask(usd(5n), bill));
    expect(offer).toMatchObject({ site: { domain: 'bank.example', verified: false } });
  });

  /** A bill with a proof, all of it right but for `changes`. */
  async function proven(
    payload: Uint8Array,
    changes: Partial<Bill> = {},
    boundTo = payload,
  ): Promise<Left> {
    const rendezvous = await webCurve.signerOf(await sha256(boundTo));
    const bill: Bill = {
      ...partial(0.05),
      domain: { value: 'example.com' },
      verifier: { value: pair.getPublicKey().toBuffer() },
      rendezvousKey: { value: rendezvous.publicKey },
    };
    const unsigned = create(RequestToReceiveBillSchema, bill);
    const value = pair.sign(toBinary(RequestToReceiveBillSchema, unsigned) as never);
    return ask(payload, { ...bill, signature: { value }, ...changes });
  }

  test.each([
    // The first letter is Cyrillic.
    ['\u0430pple.com', 'xn--pple-43d.com'],
    ['BÜCHER.example', 'xn--bcher-kva.example'],
  ])('that reads %s is shown as it is looked up', async (value, domain) => {
    const offer = await readLeft(await ask(usd(5n), { ...partial(0.05), domain: { value } }));
    expect(offer).toMatchObject({ site: { domain, verified: false } });
  });

  test.each(['bank.example/x', 'bank.example:1', 'bank.example@x', ' '])(
    'that is none is refused: %j',
    async (value) => {
      const left = await ask(usd(5n), { ...partial(0.05), domain: { value } });
      expect(await refusal(left)).toBe('unverified');
    },
  );

  test('is verified by the whole proof', async () => {
    const offer = await readLeft(await proven(usd(5n)));
    expect(offer).toMatchObject({ site: { domain: 'example.com', verified: true } });
  });

  test.each<[string, Partial<Bill>]>([
    ['another domain', { domain: { value: 'bank.example' } }],
    ['no domain', { domain: { value: '' } }],
    ['no verifier', { verifier: { value: new Uint8Array() } }],
    ['another verifier', { verifier: { value: new Uint8Array(32).fill(1) } }],
    ['a wrong signature', { signature: { value: new Uint8Array(64).fill(1) } }],
    ['a cut signature', { signature: { value: new Uint8Array(63) } }],
    ['another rendezvous', { rendezvousKey: { value: new Uint8Array(32).fill(1) } }],
    ['another destination', { requestorAccount: { value: new Uint8Array(32).fill(1) } }],
  ])('with a proof that has %s is refused', async (_, changes) => {
    expect(await refusal(await proven(usd(5n), changes))).toBe('unverified');
  });

  test('with a proof that was made for another request is refused', async () => {
    expect(await refusal(await proven(usd(5n), {}, usd(6n)))).toBe('unverified');
  });

  test('that asks to log in must have proven itself', async () => {
    const { message, payload } = leave(LoginRequestIntent, { mode: 'login', login });
    const value = create(RequestToLoginSchema, message.kind.value as never);
    for (const changes of [
      { signature: undefined },
      { domain: create(DomainSchema, { value: 'other.example' }) },
    ]) {
      const changed = Object.assign(clone(RequestToLoginSchema, value), changes);
      const left = await leaveOwn(payload, { case: 'requestToLogin', value: changed });
      expect(await refusal(left)).toBe('unverified');
    }
  });
});

describe('a code', () => {
  test('that nobody left anything for leads nowhere', async () => {
    const { means } = meansOver([]);
    await expect(read(means, usd(5n))).rejects.toMatchObject({ code: 'not_found' });
  });

  test('that was paid says so, and the shop is not told again', async () => {
    const { payload, message } = await ask(usd(5n), partial(0.05));
    const { means, said } = meansOver([message], true);
    await expect(read(means, payload)).rejects.toMatchObject({ code: 'paid' });
    expect(said).toEqual([]);
  });

  test('whose shop cannot be told of the scan is read all the same', async () => {
    const { payload, message } = await ask(usd(5n), partial(0.05));
    const { means } = meansOver([message]);
    const transport: Transport = {
      ...means.transport,
      call: (method, request) =>
        method.localName === 'sendMessage'
          ? Promise.reject(new WalletError('refused', 'too many messages'))
          : means.transport.call(method, request),
    };
    expect(await read({ ...means, transport }, payload)).toMatchObject({ amount: 0.05 });
  });

  test('of cash is not taken', async () => {
    const cash = encodePayload({ kind: 'cash', quarks: 5n, nonce });
    await expect(read(meansOver([]).means, cash)).rejects.toMatchObject({ code: 'unsupported' });
  });

  test('in a currency without a rate is refused before the shop hears of it', async () => {
    const eur = encodePayload({ kind: 'request_payment', currency: 'eur', hundredths: 5n, nonce });
    expect(await refusal(await ask(eur, partial(0.05, 'eur')))).toBe('unsupported');
  });
});
