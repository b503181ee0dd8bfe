import { describe, expect, test } from 'vitest';
import { readRendezvous } from '../../src/api/code/requests/stored.js';
import type { Fulfillment, Submission } from '../../src/domain/rendezvous.js';
import { audit } from '../../src/engine/audit.js';
import { hasFailed, isSubmitted } from '../../src/engine/requests.js';
import { submitPayment } from '../../src/engine/submissions.js';
import { TransactionRefused } from '../../src/rails/solana/chain.js';
import { signerOf } from '../../src/rails/solana/keys.js';
import { SOLANA_LIMITS } from '../../src/rails/solana/limits.js';
import type { RowTypes, TableName } from '../../src/storage/schema.js';
import type { Change } from '../../src/storage/store.js';
import { tokenAccountOf } from '../../src/wire/code/solana/addresses.js';
import { openTokenAccount, transferTokens } from '../../src/wire/code/solana/instructions.js';
import { compileMessage, encodeTransaction } from '../../src/wire/code/solana/message.js';
import { FEE_PAYER, FEE_SEED, MINT, pay, quarksOf } from '../support/solana.js';
import { newCodeId, payment } from '../support/wallets.js';
import {
  begin,
  dieAndBegin,
  ended,
  expectPaidOnce,
  fulfilled,
  GROSS,
  made,
  nonces,
  other,
  paidBy,
  payer,
  requested,
  shop,
  stage,
  store,
} from './solana-scene.js';

stage();

describe('what is under way', () => {
  test('goes out in the order of its owner’s submissions', async () => {
    await begin({ idle: true });
    const paid: Submission[] = [];
    for (const quarks of [1n, 2n, 3n])
      paid.push(await pay(made, payer, payment(payer, shop, { quarks })));
    const wires = await Promise.all(paid.map(async (one) => (await fulfilled(one)).wire));
    made.faults.sent.length = 0;
    const ids = paid.map(({ fulfillment }) => fulfillment as string);
    await Promise.all(ids.toReversed().map((id) => made.solana.sequencer.carryOut(id)));
    expect(made.faults.sent).toEqual(wires);
    expect(await quarksOf(made, shop.address)).toBe(6n);
  });

  test('happens once, however often it is asked for and its bytes are sent', async () => {
    await begin();
    const submission = await pay(made, payer, await requested());
    const { wire, id } = await ended(submission);
    for (let again = 0; again < 3; again++) {
      expect((await made.solana.sequencer.carryOut(id)).row.state).toBe('confirmed');
      const sent = made.chain.sendTransaction(Buffer.from(wire, 'base64'));
      await expect(sent).rejects.toThrow(TransactionRefused);
    }
    await expectPaidOnce();
  });

  test('is sent by the next process where one died before sending it', async () => {
    await begin({ idle: true });
    const submission = await pay(made, payer, await requested());
    expect(await quarksOf(made, shop.address)).toBeNull();
    await dieAndBegin();
    expect((await ended(submission)).state).toBe('confirmed');
    expect((await paidBy(submission)).intent.state).toBe('captured');
    await expectPaidOnce();
  });

  test('is not sent twice where a process died before it heard of the end', async () => {
    await begin({ idle: true });
    const submission = await pay(made, payer, await requested());
    made.faults.losesAnswers = true;
    await made.jobs.runDue();
    expect((await fulfilled(submission)).state).toBe('pending');
    await expectPaidOnce();
    await dieAndBegin();
    expect(await ended(submission)).toMatchObject({ state: 'confirmed', tries: 1 });
    expect((await paidBy(submission)).intent.state).toBe('captured');
    expect(made.faults.sent).toEqual([]);
    await expectPaidOnce();
  });

  test('is not lost where a process died between the chain’s end and the intent’s', async () => {
    await begin({ idle: true });
    const submission = await pay(made, payer, await requested());
    // The sequencer writes the end down; the merchant's attempt does not hear of it.
    await made.solana.sequencer.carryOut(submission.fulfillment as string);
    expect((await paidBy(submission)).intent.state).toBe('processing');
    await dieAndBegin();
    await ended(submission);
    expect((await paidBy(submission)).intent.state).toBe('captured');
    expect(made.faults.sent).toEqual([]);
    await expectPaidOnce();
  });

  test('fails for good where the money has gone elsewhere, and cannot happen later', async () => {
    await begin({ idle: true });
    const input = await requested([]);
    const submission = await pay(made, payer, input);
    await moveOutside(3n * GROSS - 5n);
    // The attempt's own job is due later than the transaction's.
    made.clock.advance(60);
    await made.jobs.runDue();
    const failed = await ended(submission);
    expect(failed).toMatchObject({ state: 'failed', fault: 'insufficient_funds' });
    const { intent, attempt } = await paidBy(submission);
    expect(intent.state).toBe('awaiting_method');
    expect(attempt.decline).toMatchObject({ declineCode: 'insufficient_funds' });
    const found = await readRendezvous(made.engine, submission.codeId);
    expect([isSubmitted(found), hasFailed(found)]).toEqual([false, true]);
    expect(await made.engine.background(submitPayment(input))).toMatchObject({
      failure: 'submission_refused',
      fault: 'payment_failed',
    });
    await made.solana.settlement.airdrop?.(payer.address, 3n * GROSS);
    const later = made.chain.sendTransaction(Buffer.from(failed.wire, 'base64'));
    await expect(later).rejects.toThrow(TransactionRefused);
    expect(await quarksOf(made, shop.address)).toBeNull();
  });

  test('waits while the chain is away, and is not tried for ever', async () => {
    await begin({ idle: true });
    const { clock } = made;
    const submission = await pay(made, payer, await requested());
    const id = submission.fulfillment as string;
    made.faults.down = true;
    for (let failure = 1; failure <= 10; failure++) {
      expect(made.solana.sequencer.breaker.isOpen).toBe(false);
      expect((await made.solana.sequencer.carryOut(id)).row.state).toBe('pending');
    }
    expect(made.solana.sequencer.breaker.isOpen).toBe(true);
    expect(made.logged).toHaveLength(10);
    made.faults.down = false;
    expect((await made.solana.sequencer.carryOut(id)).row.state).toBe('pending');
    expect(made.faults.sent).toHaveLength(SENT_AT_START);
    made.time.aheadMs = SOLANA_LIMITS.breaker_pause_ms;
    clock.advance(3600);
    await made.jobs.runDue();
    expect(made.solana.sequencer.breaker.isOpen).toBe(false);
    expect((await ended(submission)).state).toBe('confirmed');
    await expectPaidOnce();
  });
});

/** Three transactions make ten nonces, and one fills the payer's wallet. */
const SENT_AT_START = 4;

/** Moves the payer's money on the chain, past the server and its books. */
async function moveOutside(quarks: bigint): Promise<void> {
  const [source, destination] = await Promise.all(
    [payer, other].map(({ address }) => tokenAccountOf(address, MINT)),
  );
  if (source === undefined || destination === undefined) throw new Error('no accounts');
  const owner = payer.address;
  const { bytes } = compileMessage({
    feePayer: FEE_PAYER,
    lifetime: await made.chain.latestBlockhash(),
    instructions: [
      openTokenAccount(FEE_PAYER, destination, other.address, MINT),
      transferTokens({ source, mint: MINT, destination, owner, quarks, decimals: 5 }),
    ],
  });
  const signatures = [signerOf(FEE_SEED).sign(bytes), payer.sign(bytes)];
  await made.chain.sendTransaction(encodeTransaction(signatures, bytes));
}

/** Writes past the engine. */
async function plant<T extends TableName>(table: T, row: RowTypes[T]): Promise<void> {
  const change = { table, kind: 'update', row } as Change;
  await store.transact(`plant_${newCodeId()}`, ({ write }) =>
    write({ changes: [change], postings: [] }),
  );
}

describe('the audit', () => {
  test('finds a pending transaction without its nonce, its job or its owner', async () => {
    await begin({ idle: true });
    const { id, nonce } = await fulfilled(await pay(made, payer, await requested()));
    const [stored] = (await nonces()).filter((one) => one.id === nonce);
    if (stored === undefined) throw new Error('no nonce');
    const row = (await store.scan('fulfillments', null, 10))[0] as Fulfillment;
    expect(await audit(store)).toEqual([]);
    await plant('nonces', { ...stored, untilMs: 1 });
    expect(await audit(store)).toEqual([
      `fulfillment ${id}: it is pending, and its nonce is not kept`,
    ]);
    await plant('nonces', { ...stored, fulfillment: 'ful_other' });
    expect(await audit(store)).toHaveLength(1);
    await plant('nonces', stored);
    await plant('fulfillments', { ...row, owner: shop.address });
    expect(await audit(store)).toEqual([expect.stringMatching(/sub_\w+ is another owner's$/)]);
    await plant('fulfillments', { ...row, state: 'confirmed' });
    expect(await audit(store)).toEqual([]);
    await plant('fulfillments', row);
    const job = (await store.scan('jobs', null, 10)).find(({ subject }) => subject === id);
    if (job === undefined) throw new Error('no job');
    await store.transact(`plant_${newCodeId()}`, ({ write }) =>
      write({ changes: [{ table: 'jobs', kind: 'delete', row: job }], postings: [] }),
    );
    expect(await audit(store)).toEqual([
      `fulfillment ${id}: it is pending, and no job will send it`,
    ]);
    await plant('fulfillments', { ...row, state: 'failed' });
    expect(await audit(store)).toEqual([
      `fulfillment ${id}: it has ended, and nobody gives its nonce back`,
    ]);
    await store.transact(`plant_${newCodeId()}`, ({ write }) =>
      write({ changes: [{ table: 'jobs', kind: 'insert', row: job }], postings: [] }),
    );
  });

  test('finds an end that the merchant’s books do not know of, either way', async () => {
    await begin();
    const submission = await pay(made, payer, await requested());
    const row = await ended(submission);
    const { intent, attempt } = await paidBy(submission);
    await plant('fulfillments', { ...row, state: 'failed' });
    expect(await audit(store)).toEqual([
      `fulfillment ${row.id}: it is failed, and has paid ${intent.id}`,
    ]);
    await plant('fulfillments', row);
    await plant('attempts', {
      ...attempt,
      methodDetails: { ...attempt.methodDetails, fulfillment: 'x' },
    });
    expect(await audit(store)).toContain(
      `fulfillment ${row.id}: it is confirmed, and has not paid ${intent.id}, which is captured`,
    );
    await plant('attempts', attempt);
  });
});
