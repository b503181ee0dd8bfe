import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type JsonRpcServer, startJsonRpc } from '../../../test/support/json-rpc.js';
import { toBase58 } from '../../wire/code/base58.js';
import { tokenAccountOf } from '../../wire/code/solana/addresses.js';
import {
  mintTokens,
  openTokenAccount,
  transferTokens,
} from '../../wire/code/solana/instructions.js';
import { compileMessage, type Instruction } from '../../wire/code/solana/message.js';
import { readTokenAccount } from './accounts.js';
import { type Chain, ChainUnavailable, TransactionRefused } from './chain.js';
import { genesisOf, localMint } from './genesis.js';
import { signedAlone, signerOf } from './keys.js';
import { openLocalChain } from './local-chain.js';
import { openRpcChain } from './rpc-chain.js';

const payer = signerOf(Buffer.alloc(32, 1));
const mint = localMint(payer.address);

let folder: string;
let local: Chain;
let server: JsonRpcServer;
let chain: Chain;
let account: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tender-rpc-'));
  local = await openLocalChain({
    file: join(folder, 'chain.jsonl'),
    genesis: genesisOf(payer.address),
    limits: { statuses_max: 100, journal_lines_max: 100 },
  });
  server = await startJsonRpc(local);
  chain = await openRpcChain({ url: server.url, chain_call_ms_max: 2_000 });
  account = await tokenAccountOf(payer.address, mint);
});

afterEach(async () => {
  await server.stop();
  await local.close();
  await rm(folder, { recursive: true });
});

async function wireOf(instructions: Instruction[], lifetime?: string): Promise<Uint8Array> {
  const { bytes } = compileMessage({
    feePayer: payer.address,
    lifetime: lifetime ?? (await chain.latestBlockhash()),
    instructions,
  });
  return signedAlone(payer, bytes);
}

const filled = (quarks: bigint): Instruction[] => [
  openTokenAccount(payer.address, account, payer.address, mint),
  mintTokens(mint, account, payer.address, quarks),
];

async function refusal(work: Promise<unknown>): Promise<TransactionRefused> {
  const error = await work.catch((thrown: unknown) => thrown);
  if (error instanceof TransactionRefused) return error;
  throw new Error(`not refused: ${error}`);
}

describe('a chain behind JSON-RPC', () => {
  it('is read and written as the chain itself', async () => {
    const missing = toBase58(Buffer.alloc(32, 77));
    expect(await chain.getAccounts([missing, mint], 'finalized')).toEqual(
      await local.getAccounts([missing, mint], 'finalized'),
    );
    expect(await chain.rentExempt(80)).toBe(await local.rentExempt(80));
    expect(await chain.getSignatureStatus(toBase58(Buffer.alloc(64, 5)))).toBeNull();
    const signature = await chain.sendTransaction(await wireOf(filled(12n)));
    expect(await chain.getSignatureStatus(signature)).toEqual(
      await local.getSignatureStatus(signature),
    );
    const [found] = await chain.getAccounts([account], 'confirmed');
    expect(readTokenAccount(found ?? null)).toMatchObject({ quarks: 12n, mint, ready: true });
    expect(await chain.slot()).toBe(await local.slot());
  });

  it('answers more accounts than go into one call', async () => {
    const many = Array.from({ length: 101 }, (_, i) => toBase58(Buffer.alloc(32, i + 1)));
    const accounts = await chain.getAccounts([...many, mint], 'finalized');
    expect(accounts).toHaveLength(102);
    expect(accounts.at(-1)?.address).toBe(mint);
    expect(server.calls.filter((method) => method === 'getMultipleAccounts')).toHaveLength(2);
  });

  it('says why it refuses a transaction', async () => {
    const wire = await wireOf(filled(12n));
    await chain.sendTransaction(wire);
    expect((await refusal(chain.sendTransaction(wire))).fault.reason).toBe('already_processed');
    const old = await wireOf(filled(12n), toBase58(Buffer.alloc(32, 8)));
    expect((await refusal(chain.sendTransaction(old))).fault.reason).toBe('lifetime');
    const owner = payer.address;
    const move = { source: account, mint, destination: account, owner, decimals: 5 };
    const short = await wireOf([...filled(1n), transferTokens({ ...move, quarks: 99n })]);
    const { fault } = await refusal(chain.sendTransaction(short));
    expect(fault).toMatchObject({ reason: 'instruction', instruction: 2, custom: 1 });
    const odd = await wireOf([transferTokens({ ...move, decimals: 6, quarks: 1n })]);
    expect((await refusal(chain.sendTransaction(odd))).fault).toMatchObject({
      reason: 'instruction',
      instruction: 0,
    });
    const cut = await refusal(chain.sendTransaction(wire.subarray(0, 80)));
    expect(cut.fault.reason).toBe('other');
  });

  it('is unavailable where it does not answer, or answers what means nothing', async () => {
    server.down = true;
    await expect(chain.slot()).rejects.toThrow(ChainUnavailable);
    server.down = false;
    server.answersToLose = 1;
    const sent = chain.sendTransaction(await wireOf(filled(1n)));
    await expect(sent).rejects.toThrow(ChainUnavailable);
  });

  it('is unavailable where an answer takes too long', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const slow = await openRpcChain({ url, chain_call_ms_max: 20 });
    await expect(slow.latestBlockhash()).rejects.toThrow(ChainUnavailable);
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });
});
