import { createHash } from 'node:crypto';
import type { RequestFee, Submission } from '../../src/domain/rendezvous.js';
import { feeOf } from '../../src/domain/submission.js';
import { keyPairOf } from '../../src/ed25519.js';
import type { Engine } from '../../src/engine/engine.js';
import { createRequest, type RequestInput } from '../../src/engine/requests.js';
import { type PaymentInput, submitPayment } from '../../src/engine/submissions.js';
import { airdrop, type Signed } from '../../src/engine/wallets.js';
import { toBase58 } from '../../src/wire/code/base58.js';
import { ACCOUNT, run } from './payments.js';

/** Wallets and requests for tests of the engine, below the protocol. */

/** An ed25519 key of a wallet's or a rendezvous'. */
export interface TestKey {
  /** Base58. */
  readonly address: string;
  readonly bytes: Buffer;
  sign(data: Uint8Array): Buffer;
}

/** The same key for the same name. */
export function keyOf(name: string): TestKey {
  return keyOfSeed(createHash('sha256').update(name).digest());
}

/** The key of a seed of 32 bytes. */
export function keyOfSeed(seed: Uint8Array): TestKey {
  const { publicKey: bytes, sign } = keyPairOf(seed);
  return { address: toBase58(bytes), bytes, sign };
}

/** What an owner has signed for an id: any bytes will do, as the engine only keeps them. */
export function signedBy(owner: TestKey, codeId: string): Signed {
  const actions = Buffer.from(`${owner.address} signs for ${codeId}`);
  return {
    codeId,
    owner: owner.address,
    actions: actions.toString('base64'),
    signature: owner.sign(actions).toString('base64'),
  };
}

let ids = 0;

/** An id that nothing else has. */
export function newCodeId(): string {
  return keyOf(`code id ${++ids}`).address;
}

/** Gives a wallet test money. */
export function fund(engine: Engine, owner: TestKey, quarks: bigint): Promise<Submission> {
  return run(
    engine,
    airdrop(signedBy(owner, newCodeId()), { quarks, balance_quarks_max: 1n << 60n }),
  );
}

/** A payment between wallets; `by` says what a test cares about. */
export function payment(
  owner: TestKey,
  destination: TestKey,
  by: Partial<PaymentInput> = {},
): PaymentInput {
  const codeId = by.codeId ?? newCodeId();
  const quarks = by.quarks ?? 100_000n;
  return {
    ...signedBy(owner, codeId),
    source: owner.address,
    destination: destination.address,
    quarks,
    currency: 'kin',
    nativeAmount: Number(quarks) / 100_000,
    rate: 1,
    fees: [],
    tippedUser: null,
    message: { uuid: 'f'.repeat(32), kind: 'intentSubmitted', body: '', signature: null },
    fulfillment: null,
    ...by,
  };
}

/** Pays; throws what refuses it. */
export function submit(engine: Engine, input: PaymentInput): Promise<Submission> {
  return run(engine, submitPayment(input));
}

/** What a request asks for, where a test cares. */
export interface Asked {
  readonly destination: TestKey;
  readonly currency?: string;
  readonly nativeAmount?: number;
  readonly amount?: bigint;
  readonly quarks?: bigint | null;
  readonly fees?: RequestFee[];
  readonly merchant?: string;
}

/** Puts a request down and answers its id: five dollars unless it says otherwise. */
export async function request(engine: Engine, asked: Asked): Promise<string> {
  const id = newCodeId();
  const input: RequestInput = {
    id,
    payment: {
      terms: {
        destination: asked.destination.address,
        currency: asked.currency ?? 'usd',
        nativeAmount: asked.nativeAmount ?? 5,
        quarks: asked.quarks == null ? null : asked.quarks.toString(),
        fees: asked.fees ?? [],
      },
      amount: asked.amount ?? 500n,
      paidMessage: null,
    },
    domain: null,
    verifier: null,
    message: { uuid: '0'.repeat(32), kind: 'requestToReceiveBill', body: '', signature: null },
    defaultMerchant: asked.merchant ?? ACCOUNT,
    expiresInSeconds: 3600,
    messages_max: 10,
    refuses: () => null,
  };
  await run(engine, createRequest(input));
  return id;
}

/** The payment that a five-dollar request wants, at a kin of 0.00001 dollars. */
export function answerTo(
  codeId: string,
  owner: TestKey,
  destination: TestKey,
  { fees = [], ...by }: Omit<Partial<PaymentInput>, 'fees'> & { fees?: RequestFee[] } = {},
): PaymentInput {
  const quarks = by.quarks ?? 50_000_000_000n;
  return payment(owner, destination, {
    codeId,
    quarks,
    currency: 'usd',
    nativeAmount: 5,
    rate: 0.00001,
    fees: fees.map((fee, action) => ({
      action,
      destination: fee.destination,
      quarks: feeOf(quarks, fee.basisPoints),
    })),
    ...by,
  });
}
