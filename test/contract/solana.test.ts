import { describe, expect, test } from 'vitest';
import { INSTALLATION } from '../../src/domain/rendezvous.js';
import { signedAlone, signerOf } from '../../src/rails/solana/keys.js';
import { SOLANA_LIMITS } from '../../src/rails/solana/limits.js';
import { openRpcChain } from '../../src/rails/solana/rpc-chain.js';
import { tokenAccountOf } from '../../src/wire/code/solana/addresses.js';
import { advanceNonce } from '../../src/wire/code/solana/instructions.js';
import { compileMessage, readTransaction } from '../../src/wire/code/solana/message.js';
import { startJsonRpc } from '../support/json-rpc.js';
import {
  FEE_PAYER,
  FEE_SEED,
  MINT,
  nonceValue,
  pay,
  prepare,
  quarksOf,
  signFor,
  submitPrepared,
  transfersOf,
} from '../support/solana.js';
import { keyOf, payment } from '../support/wallets.js';
import {
  begin,
  dieAndBegin,
  ended,
  expectPaidOnce,
  fulfilled,
  GROSS,
  made,
  nonces,
  paidBy,
  payer,
  requested,
  shop,
  stage,
} from './solana-scene.js';

stage();

describe('a payment on the chain', () => {
  test('moves exactly what was asked for, and the intent is paid by that transaction', async () => {
    await begin();
    const before = await nonces();
    const submission = await pay(made, payer, await requested());
    expect(submission).toMatchObject({ transfer: null, quarks: GROSS });
    const done = await ended(submission);
    expect(done).toMatchObject({ state: 'confirmed', tries: 1, fault: null });
    await expectPaidOnce();
    const { intent, attempt } = await paidBy(submission);
    expect(intent).toMatchObject({ state: 'captured', captured: 500n });
    expect(attempt).toMatchObject({ rail: 'solana', state: 'captured' });
    expect(attempt.approval?.networkTransactionId).toBe(done.transaction);
    const after = await nonces();
    expect(after.every(({ state }) => state === 'available')).toBe(true);
    expect(before.filter((old, i) => old.blockhash !== after[i]?.blockhash)).toHaveLength(1);
    for (const { id, blockhash } of after) expect(await nonceValue(made, id)).toBe(blockhash);
    expect(made.logged).toEqual([]);
  });

  test('between wallets has no merchant, and is carried out all the same', async () => {
    await begin();
    const submission = await pay(made, payer, payment(payer, shop, { quarks: 7n }));
    expect((await ended(submission)).state).toBe('confirmed');
    expect(await quarksOf(made, shop.address)).toBe(7n);
    expect(await quarksOf(made, payer.address)).toBe(3n * GROSS - 7n);
  });

  test('pays our own fee to the sequencer, and token accounts as they are', async () => {
    await begin();
    await made.solana.settlement.airdrop?.(keyOf('stranger').address, 1n);
    const destination = await tokenAccountOf(keyOf('stranger').address, MINT);
    const input = payment(payer, shop, {
      destination,
      quarks: 1000n,
      fees: [{ action: 0, destination: null, quarks: 10n }],
    });
    expect((await ended(await pay(made, payer, input))).state).toBe('confirmed');
    expect(await quarksOf(made, keyOf('stranger').address)).toBe(991n);
    expect(await quarksOf(made, FEE_PAYER)).toBe(10n);
  });

  test('leaves less to spend as soon as it is submitted', async () => {
    await begin({ idle: true });
    const { balance } = made.solana.settlement;
    const prepared = await prepare(made, payment(payer, shop, { quarks: 2n * GROSS }));
    expect(await balance(payer.address)).toBe(GROSS);
    await prepared.release();
    await prepared.release();
    expect(await balance(payer.address)).toBe(3n * GROSS);
    await pay(made, payer, payment(payer, shop, { quarks: 2n * GROSS }));
    expect(await balance(payer.address)).toBe(GROSS);
    const more = payment(payer, shop, { quarks: GROSS + 1n });
    await expect(prepare(made, more)).rejects.toThrow('insufficient balance');
    await made.jobs.runDue();
    expect(await balance(payer.address)).toBe(GROSS);
    expect(await quarksOf(made, payer.address)).toBe(GROSS);
  });
});

describe('what is prepared', () => {
  test('is promised the same money once, however many ask for it at once', async () => {
    await begin();
    const input = () => payment(payer, shop, { quarks: 2n * GROSS });
    const ends = await Promise.allSettled([1, 2, 3].map(() => prepare(made, input())));
    const prepared = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
    expect(prepared).toHaveLength(1);
    await prepared[0]?.release();
    expect(await made.solana.settlement.balance(payer.address)).toBe(3n * GROSS);
  });

  test('is signed by its owner and nobody else, over the very bytes', async () => {
    await begin();
    const input = payment(payer, shop, { quarks: 5n });
    const prepared = await prepare(made, input);
    const right = await signFor(payer, input, prepared);
    const wrong = await signFor(payer, { ...input, quarks: 6n }, prepared);
    const others = shop.sign(Buffer.from('anything'));
    for (const signatures of [[wrong], [others], [], [right, right], [right.subarray(1)]]) {
      const end = await prepared.complete(signatures);
      if (!('expected' in end)) throw new Error('it was taken');
      const shown = readTransaction(end.expected);
      expect(shown.lifetime).toBe(prepared.nonces[0]?.blockhash);
      // Nobody has signed what is shown: not even the sequencer, whose signature would be valid.
      expect(end.expected.subarray(1, 129).every((byte) => byte === 0)).toBe(true);
    }
    expect(await prepared.complete([right])).toMatchObject({ nonce: prepared.nonces[0]?.nonce });
    await prepared.release();
    expect((await nonces()).every(({ state }) => state === 'available')).toBe(true);
  });

  test('goes only where the published rules allow', async () => {
    await begin();
    const { destinationFault, airdrop } = made.solana.settlement;
    await airdrop?.(keyOf('stranger').address, 1n);
    const account = await tokenAccountOf(keyOf('stranger').address, MINT);
    const nobody = keyOf('nobody').address;
    expect(await destinationFault(shop.address)).toBeNull();
    expect(await destinationFault(account)).toBeNull();
    expect(await destinationFault(keyOf('stranger').address)).toBeNull();
    expect(await destinationFault(nobody)).toBe(`${nobody} doesn't exist on the blockchain`);
    expect(await destinationFault(MINT)).toBe(`${MINT} is not a kin token account`);
    const input = payment(payer, shop, { destination: nobody });
    await expect(prepare(made, input)).rejects.toThrow("doesn't exist on the blockchain");
    const foreign = payment(payer, shop, { source: shop.address });
    await expect(prepare(made, foreign)).rejects.toThrow('is not an account of the owner');
  });

  test('needs a nonce: where none is left, the wallet is told to try again', async () => {
    await begin({ limits: { nonce_pool_size: 2 } });
    const input = () => payment(payer, shop, { quarks: 1n });
    const [first, second] = [await prepare(made, input()), await prepare(made, input())];
    const third = input();
    const plan = { ...third, transfers: transfersOf(third) };
    expect(await made.solana.settlement.prepare(plan)).toEqual({
      fault: 'no nonce is available: try again',
      stale: true,
    });
    expect(new Set([first, second].map(({ nonces: [one] }) => one?.nonce)).size).toBe(2);
    await first.release();
    await second.release();
    expect((await ended(await pay(made, payer, third))).state).toBe('confirmed');
  });

  test('has no nonce that was used elsewhere; the next try has its new value', async () => {
    await begin({ limits: { nonce_pool_size: 1 } });
    const [{ id = '', blockhash = '' } = {}] = await nonces();
    const { bytes } = compileMessage({
      feePayer: FEE_PAYER,
      lifetime: await made.chain.latestBlockhash(),
      instructions: [advanceNonce(id, FEE_PAYER)],
    });
    await made.chain.sendTransaction(signedAlone(signerOf(FEE_SEED), bytes));
    const input = payment(payer, shop, { quarks: 5n });
    await expect(prepare(made, input)).rejects.toThrow('the nonce was used elsewhere');
    expect((await nonces())[0]?.blockhash).not.toBe(blockhash);
    expect((await ended(await pay(made, payer, input))).state).toBe('confirmed');
  });

  test('loses its nonce when its wallet takes too long, and is refused', async () => {
    await begin({ limits: { nonce_pool_size: 1 } });
    const [slow, quick] = [1n, 2n].map((quarks) => payment(payer, shop, { quarks }));
    if (slow === undefined || quick === undefined) throw new Error('no payments');
    const left = await prepare(made, slow);
    await expect(prepare(made, quick)).rejects.toThrow('no nonce is available');
    made.clock.advance(31);
    const taken = await prepare(made, quick);
    const late = submitPrepared(made, payer, slow, left);
    await expect(late).rejects.toThrow('nonce_lapsed');
    await left.release();
    const submission = await submitPrepared(made, payer, quick, taken);
    await taken.release();
    await ended(submission);
    expect(await quarksOf(made, shop.address)).toBe(2n);
  });
});

describe('over JSON-RPC', () => {
  test('a payment is made and confirmed as on the chain itself', async () => {
    const rpc: { server?: Awaited<ReturnType<typeof startJsonRpc>> } = {};
    await begin({
      over: async (chain) => {
        rpc.server = await startJsonRpc(chain);
        return openRpcChain({ url: rpc.server.url, chain_call_ms_max: 2_000 });
      },
    });
    try {
      const submission = await pay(made, payer, await requested());
      expect((await ended(submission)).state).toBe('confirmed');
      await expectPaidOnce();
      expect(new Set(rpc.server?.calls)).toContain('sendTransaction');
      expect(made.logged).toEqual([]);
    } finally {
      await rpc.server?.stop();
    }
  });

  test('an answer that is lost on the way costs nothing but time', async () => {
    const rpc: { server?: Awaited<ReturnType<typeof startJsonRpc>> } = {};
    await begin({
      idle: true,
      over: async (chain) => {
        rpc.server = await startJsonRpc(chain);
        return openRpcChain({ url: rpc.server.url, chain_call_ms_max: 2_000 });
      },
    });
    try {
      const submission = await pay(made, payer, await requested());
      if (rpc.server) rpc.server.answersToLose = 1;
      await made.solana.sequencer.carryOut(submission.fulfillment as string);
      expect((await fulfilled(submission)).state).toBe('pending');
      made.clock.advance(3600);
      await made.jobs.runDue();
      expect((await ended(submission)).state).toBe('confirmed');
      await expectPaidOnce();
    } finally {
      await rpc.server?.stop();
    }
  });
});

test('nonces of the pool are made once, and found again by the next process', async () => {
  await begin();
  const before = await nonces();
  expect(before).toHaveLength(SOLANA_LIMITS.nonce_pool_size);
  await dieAndBegin();
  expect(await nonces()).toEqual(before);
  expect(made.faults.sent).toEqual([]);
  expect(before.every(({ account }) => account === INSTALLATION)).toBe(true);
});
