import { describe, expect, test } from 'vitest';
import { signerOf } from '../../src/rails/solana/keys.js';
import { TOKEN_PROGRAM, tokenAccountOf } from '../../src/wire/code/solana/addresses.js';
import {
  compileMessage,
  encodeTransaction,
  type Instruction,
} from '../../src/wire/code/solana/message.js';
import {
  FEE_PAYER,
  FEE_SEED,
  MINT,
  pay,
  prepare,
  quarksOf,
  submitPrepared,
} from '../support/solana.js';
import { payment, type TestKey } from '../support/wallets.js';
import { begin, ended, made, other, payer, shop, stage } from './solana-scene.js';

/** Wallets whose owners do to their accounts on the chain what no wallet does. */

stage();

const ACCOUNT_OWNER = 2;

/** Gives a wallet's own token account to somebody else: the token program lets its owner. */
async function giveAccountAway(from: TestKey, to: TestKey): Promise<void> {
  const account = await tokenAccountOf(from.address, MINT);
  const setAuthority: Instruction = {
    program: TOKEN_PROGRAM,
    accounts: [
      { address: account, signer: false, writable: true },
      { address: from.address, signer: true, writable: false },
    ],
    data: Uint8Array.from([6, ACCOUNT_OWNER, 1, ...to.bytes]),
  };
  const { bytes, signers } = compileMessage({
    feePayer: FEE_PAYER,
    lifetime: await made.chain.latestBlockhash(),
    instructions: [setAuthority],
  });
  expect(signers).toEqual([FEE_PAYER, from.address]);
  const signatures = [signerOf(FEE_SEED).sign(bytes), from.sign(bytes)];
  await made.chain.sendTransaction(encodeTransaction(signatures, bytes));
}

describe('a wallet that gives its account on the chain away', () => {
  test('cannot be paid by its key any more', async () => {
    await begin();
    await made.solana.settlement.airdrop?.(shop.address, 1n);
    await giveAccountAway(shop, other);
    const input = payment(payer, shop, { quarks: 5n });
    await expect(prepare(made, input)).rejects.toThrow("doesn't exist on the blockchain");
    expect(await made.solana.settlement.destinationFault(shop.address)).toContain(
      "doesn't exist on the blockchain",
    );
  });

  test('in the middle of a payment makes it fail, and nobody else wait', async () => {
    await begin();
    await made.solana.settlement.airdrop?.(shop.address, 1n);
    const input = payment(payer, shop, { quarks: 5n });
    const prepared = await prepare(made, input);
    await giveAccountAway(shop, other);
    const poisoned = await submitPrepared(made, payer, input, prepared);
    expect(await ended(poisoned)).toMatchObject({ state: 'failed' });
    expect(made.solana.sequencer.breaker.isOpen).toBe(false);
    const good = await pay(made, payer, payment(payer, other, { quarks: 7n }));
    expect(await ended(good)).toMatchObject({ state: 'confirmed' });
    expect(await quarksOf(made, other.address)).toBe(7n);
    expect(made.logged).toEqual([]);
  });
});
