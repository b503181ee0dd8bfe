import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { makeRates } from '../src/api/code/rates.js';
import type { CallContext } from '../src/api/code/service.js';
import { submitIntent } from '../src/api/code/submissions/submit.js';
import { type LoadResult, summary } from '../src/cli/bench-load.js';
import { isFailure } from '../src/domain/errors.js';
import type { Engine } from '../src/engine/engine.js';
import { createRequest } from '../src/engine/requests.js';
import { airdrop } from '../src/engine/wallets.js';
import { LIMITS } from '../src/limits.js';
import { toBase58 } from '../src/wire/code/base58.js';
import {
  SubmitIntentRequest_SubmitActionsSchema as SubmitActionsSchema,
  type SubmitIntentRequest,
  SubmitIntentRequestSchema,
} from '../src/wire/code/proto/code/transaction/v2/transaction_pb.js';

/** Signed payments of requests through the dialect's service and the engine, without a socket. */

const PAYERS = 256;
const SHOPS = 16;
const MERCHANT = 'acct_bench';
const QUARKS = 100_000_000n;
/** Requests that are made at once, before the run. */
const SETUP_CONCURRENCY = 512;
const PKCS8_HEADER = Buffer.from('302e020100300506032b657004220420', 'hex');

interface Key {
  readonly bytes: Buffer;
  readonly address: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A payment as it arrives, and what its signature is checked with. */
interface Prepared {
  readonly frames: readonly SubmitIntentRequest[];
  readonly signed: { readonly key: Key; readonly bytes: Uint8Array; readonly signature: Buffer };
}

function keyOf(name: string): Key {
  const seed = createHash('sha256').update(name).digest();
  const key = Buffer.concat([PKCS8_HEADER, seed]);
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  const bytes = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  return { bytes, address: toBase58(bytes), privateKey, publicKey };
}

const SIGNATURES = create(SubmitIntentRequestSchema, {
  request: { case: 'submitSignatures', value: { signatures: [] } },
});

/** Makes funded wallets, `count` requests, and for each a payment that is signed already. */
export async function prepareSubmissions(engine: Engine, count: number): Promise<Prepared[]> {
  const payers = Array.from({ length: PAYERS }, (_, i) => keyOf(`payer ${i}`));
  const shops = Array.from({ length: SHOPS }, (_, i) => keyOf(`shop ${i}`));
  await Promise.all(payers.map((payer) => fund(engine, payer)));
  const prepared: Prepared[] = [];
  for (let at = 0; at < count; at += SETUP_CONCURRENCY) {
    const left = Math.min(SETUP_CONCURRENCY, count - at);
    const some = Array.from({ length: left }, async (_, i) => {
      const payer = payers[(at + i) % PAYERS] as Key;
      const shop = shops[(at + i) % SHOPS] as Key;
      const id = randomBytes(32);
      await put(engine, toBase58(id), shop);
      return paymentOf(payer, shop, id);
    });
    prepared.push(...(await Promise.all(some)));
  }
  return prepared;
}

async function fund(engine: Engine, owner: Key): Promise<void> {
  const actions = Buffer.from(`test money for ${owner.address}`);
  const signed = {
    codeId: toBase58(randomBytes(32)),
    owner: owner.address,
    actions: actions.toString('base64'),
    signature: sign(null, actions, owner.privateKey).toString('base64'),
  };
  const amount = { quarks: 1n << 50n, balance_quarks_max: 1n << 60n };
  const end = await engine.background(airdrop(signed, amount));
  if (isFailure(end)) throw new Error(end.failure);
}

async function put(engine: Engine, id: string, shop: Key): Promise<void> {
  const end = await engine.background(
    createRequest({
      id,
      payment: {
        terms: {
          destination: shop.address,
          currency: 'kin',
          nativeAmount: Number(QUARKS / 100_000n),
          quarks: QUARKS.toString(),
          fees: [],
        },
        amount: QUARKS,
        paidMessage: null,
      },
      domain: null,
      verifier: null,
      message: { uuid: randomBytes(16).toString('hex'), kind: 'x', body: '', signature: null },
      defaultMerchant: MERCHANT,
      expiresInSeconds: 86_400,
      messages_max: 256,
      refuses: () => null,
    }),
  );
  if (isFailure(end)) throw new Error(end.failure);
}

function paymentOf(payer: Key, shop: Key, id: Uint8Array): Prepared {
  const owner = { value: payer.bytes };
  const destination = { value: shop.bytes };
  const exchangeData = {
    currency: 'kin',
    exchangeRate: 1,
    nativeAmount: Number(QUARKS / 100_000n),
    quarks: QUARKS,
  };
  const body: MessageInitShape<typeof SubmitActionsSchema> = {
    id: { value: id },
    owner,
    metadata: {
      type: { case: 'sendPublicPayment', value: { source: owner, destination, exchangeData } },
    },
    actions: [
      {
        id: 0,
        type: {
          case: 'noPrivacyTransfer',
          value: { authority: owner, source: owner, destination, amount: QUARKS },
        },
      },
    ],
  };
  const bytes = toBinary(SubmitActionsSchema, create(SubmitActionsSchema, body));
  const signature = sign(null, bytes, payer.privateKey);
  const value = create(SubmitActionsSchema, { ...body, signature: { value: signature } });
  const first = create(SubmitIntentRequestSchema, { request: { case: 'submitActions', value } });
  return { frames: [first, SIGNATURES], signed: { key: payer, bytes, signature } };
}

/** Submits what was prepared, each once, with so many under way at any time. */
export function loadSubmissions(
  engine: Engine,
  prepared: readonly Prepared[],
  concurrency: number,
): Promise<LoadResult> {
  const limits = LIMITS.code;
  const deps = { engine, limits, settlement: null, rates: makeRates(Date.now) };
  const context = (): CallContext => ({
    signal: new AbortController().signal,
    received: null,
    remoteAddress: '127.0.0.1',
  });
  return timed(prepared, concurrency, async ({ frames }) => {
    async function* sent() {
      yield* frames;
    }
    let last: string | undefined;
    for await (const answer of submitIntent(deps, sent(), context())) last = answer.response?.case;
    if (last !== 'success') throw new Error(`a submission ended with ${last}`);
  });
}

/** Checks the same signatures, and does nothing else: libuv's threads and the promise of each. */
export function bareVerifications(
  prepared: readonly Prepared[],
  concurrency: number,
): Promise<LoadResult> {
  return timed(
    prepared,
    concurrency,
    ({ signed: { key, bytes, signature } }) =>
      new Promise<void>((resolve, reject) => {
        verify(null, bytes, key.publicKey, signature, (error, isValid) => {
          if (error || !isValid) reject(error ?? new Error('a signature that does not hold'));
          else resolve();
        });
      }),
  );
}

/** Does each once; the first tenth warms up and is not counted. */
async function timed<T>(
  list: readonly T[],
  concurrency: number,
  work: (one: T) => Promise<void>,
): Promise<LoadResult> {
  const warm = Math.floor(list.length / 10);
  const times: number[] = [];
  let next = 0;
  let start = 0;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (let at = next++; at < list.length; at = next++) {
        if (at === warm) start = performance.now();
        const began = performance.now();
        await work(list[at] as T);
        if (at >= warm) times.push(performance.now() - began);
      }
    }),
  );
  return summary(times, (performance.now() - start) / 1000);
}
