import { randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toBase58 } from '../../wire/code/base58.js';
import { SYSTEM_PROGRAM, seededAddress, tokenAccountOf } from '../../wire/code/solana/addresses.js';
import {
  advanceNonce,
  createNonce,
  mintTokens,
  NONCE_ACCOUNT_BYTES,
  openTokenAccount,
} from '../../wire/code/solana/instructions.js';
import {
  compileMessage,
  encodeTransaction,
  type Instruction,
} from '../../wire/code/solana/message.js';
import { paymentMessage } from '../../wire/code/solana/payment.js';
import { readMintDecimals, readNonce, readTokenAccount } from './accounts.js';
import { type Chain, TransactionRefused } from './chain.js';
import { genesisOf, localMint } from './genesis.js';
import { signedAlone, signerOf } from './keys.js';
import { openLocalChain } from './local-chain.js';

const payer = signerOf(Buffer.alloc(32, 1));
const owner = signerOf(Buffer.alloc(32, 2));
const other = signerOf(Buffer.alloc(32, 3));
const mint = localMint(payer.address);

let folder: string;
let chain: Chain;

function open(limits = { statuses_max: 100, journal_lines_max: 1000 }): Promise<Chain> {
  const file = join(folder, 'chain.jsonl');
  return openLocalChain({ file, genesis: genesisOf(payer.address), limits });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tender-chain-'));
  chain = await open();
});

afterEach(async () => {
  await chain.close();
  await rm(folder, { recursive: true });
});

/** Has the fee payer alone do something. */
async function act(instructions: readonly Instruction[]): Promise<string> {
  const lifetime = await chain.latestBlockhash();
  const { bytes } = compileMessage({ feePayer: payer.address, lifetime, instructions });
  return chain.sendTransaction(signedAlone(payer, bytes));
}

async function fund(key: string, quarks: bigint): Promise<void> {
  const account = await tokenAccountOf(key, mint);
  await act([
    openTokenAccount(payer.address, account, key, mint),
    mintTokens(mint, account, payer.address, quarks),
  ]);
}

async function makeNonce(seed: string): Promise<string> {
  const nonce = await seededAddress(payer.address, seed, SYSTEM_PROGRAM);
  await act(createNonce(nonce, payer.address, seed, await chain.rentExempt(NONCE_ACCOUNT_BYTES)));
  return nonce;
}

async function quarksOf(key: string): Promise<bigint | null> {
  const [account] = await chain.getAccounts([await tokenAccountOf(key, mint)], 'finalized');
  return readTokenAccount(account ?? null)?.quarks ?? null;
}

async function nonceValue(nonce: string): Promise<string> {
  const [account] = await chain.getAccounts([nonce], 'finalized');
  return readNonce(account ?? null)?.blockhash ?? '';
}

async function payment(nonce: string, quarks: bigint): Promise<Uint8Array> {
  const terms = {
    feePayer: payer.address,
    mint,
    nonce,
    blockhash: await nonceValue(nonce),
    opens: [other.address],
  };
  const transfers = [{ destination: other.address, quarks }];
  const { bytes } = await paymentMessage(owner.address, transfers, terms);
  return encodeTransaction([payer.sign(bytes), owner.sign(bytes)], bytes);
}

async function refusal(work: Promise<unknown>): Promise<TransactionRefused> {
  const error = await work.catch((thrown: unknown) => thrown);
  if (!(error instanceof TransactionRefused)) throw new Error(`not refused: ${error}`);
  return error;
}

describe('the local chain', () => {
  it('begins with a token of five decimals and a fee payer with money', async () => {
    const [account, mintAccount] = await chain.getAccounts([payer.address, mint], 'finalized');
    expect(account?.lamports).toBe(1_000_000_000_000_000n);
    expect(readMintDecimals(mintAccount ?? null)).toBe(5);
    expect(await chain.getAccounts([owner.address], 'finalized')).toEqual([null]);
  });

  it('carries a payment with a durable nonce out, once, however old its blockhash is', async () => {
    await fund(owner.address, 1_000_000n);
    const nonce = await makeNonce('nonce-0');
    const wire = await payment(nonce, 400_000n);
    const before = await nonceValue(nonce);
    for (let i = 0; i < 5; i++) await fund(owner.address, 1n);
    const signature = await chain.sendTransaction(wire);
    expect(await quarksOf(owner.address)).toBe(600_005n);
    expect(await quarksOf(other.address)).toBe(400_000n);
    expect(await nonceValue(nonce)).not.toBe(before);
    expect(await chain.getSignatureStatus(signature)).toMatchObject({
      finalized: true,
      fault: null,
    });
    expect((await refusal(chain.sendTransaction(wire))).fault.reason).toBe('already_processed');
    expect(await quarksOf(other.address)).toBe(400_000n);
  });

  it('changes nothing for what cannot be carried out, and says what is wrong', async () => {
    await fund(owner.address, 100n);
    const nonce = await makeNonce('nonce-0');
    const before = await nonceValue(nonce);
    const { fault } = await refusal(chain.sendTransaction(await payment(nonce, 101n)));
    // The token program's own number for too little money, in the transaction's third instruction.
    expect(fault).toMatchObject({ reason: 'instruction', instruction: 2, custom: 1 });
    expect(await nonceValue(nonce)).toBe(before);
    expect(await quarksOf(owner.address)).toBe(100n);
    expect(await quarksOf(other.address)).toBeNull();
  });

  it('refuses forged signatures, stale blockhashes and what is no transaction', async () => {
    await fund(owner.address, 100n);
    const nonce = await makeNonce('nonce-0');
    const forged = await payment(nonce, 1n);
    forged[70] = (forged[70] as number) ^ 1;
    expect((await refusal(chain.sendTransaction(forged))).fault.reason).toBe('other');
    expect(await quarksOf(owner.address)).toBe(100n);
    const lifetime = toBase58(randomBytes(32));
    const message = compileMessage({
      feePayer: payer.address,
      lifetime,
      instructions: [
        mintTokens(mint, await tokenAccountOf(owner.address, mint), payer.address, 1n),
      ],
    });
    const stale = await refusal(chain.sendTransaction(signedAlone(payer, message.bytes)));
    expect(stale.fault.reason).toBe('lifetime');
    expect((await refusal(chain.sendTransaction(randomBytes(40)))).fault.reason).toBe('other');
  });

  it('makes what was signed before a nonce was advanced useless for good', async () => {
    await fund(owner.address, 1000n);
    const nonce = await makeNonce('nonce-0');
    const old = await payment(nonce, 10n);
    const values = [await nonceValue(nonce)];
    for (let round = 0; round < 5; round++) {
      await act([advanceNonce(nonce, payer.address)]);
      values.push(await nonceValue(nonce));
      await chain.close();
      chain = await open();
      expect((await refusal(chain.sendTransaction(old))).fault.reason).not.toBe(
        'already_processed',
      );
    }
    expect(new Set(values).size).toBe(values.length);
    expect(await quarksOf(owner.address)).toBe(1000n);
  });

  it('is the same after a restart: balances, nonces, and what it has carried out', async () => {
    await fund(owner.address, 500n);
    const nonce = await makeNonce('nonce-0');
    const wire = await payment(nonce, 200n);
    const signature = await chain.sendTransaction(wire);
    const value = await nonceValue(nonce);
    for (const reopened of [1, 2]) {
      await chain.close();
      chain = await open();
      expect([reopened, await quarksOf(other.address)]).toEqual([reopened, 200n]);
      expect(await quarksOf(owner.address)).toBe(300n);
      expect(await nonceValue(nonce)).toBe(value);
      expect((await chain.getSignatureStatus(signature))?.finalized).toBe(true);
      expect((await refusal(chain.sendTransaction(wire))).fault.reason).toBe('already_processed');
    }
    await chain.sendTransaction(await payment(nonce, 100n));
    expect(await quarksOf(other.address)).toBe(300n);
  });

  it('leaves out a line that was being written when the process died', async () => {
    await fund(owner.address, 500n);
    await chain.close();
    await appendFile(join(folder, 'chain.jsonl'), '{"height":99,"accounts":[{"addr');
    chain = await open();
    expect(await quarksOf(owner.address)).toBe(500n);
  });

  it('does not begin over a file that cannot be read', async () => {
    await chain.close();
    const file = join(folder, 'chain.jsonl');
    const text = await readFile(file, 'utf8');
    await writeFile(file, `not json\n${text}`);
    await expect(open()).rejects.toThrow(`line 1 of ${file} cannot be read`);
    await writeFile(file, text);
    chain = await open();
  });

  it('begins its file anew when it has grown, and loses nothing', async () => {
    await chain.close();
    chain = await open({ statuses_max: 3, journal_lines_max: 5 });
    await Promise.all([1n, 2n, 3n, 4n].map((quarks) => chain.airdrop?.(owner.address, quarks)));
    for (let i = 0; i < 20; i++) await fund(owner.address, 1n);
    await chain.close();
    const lines = (await readFile(join(folder, 'chain.jsonl'), 'utf8')).split('\n').length;
    expect(lines).toBeLessThan(16);
    chain = await open();
    expect(await quarksOf(owner.address)).toBe(20n);
    const [account] = await chain.getAccounts([owner.address], 'finalized');
    expect(account?.lamports).toBe(10n);
  });
});
