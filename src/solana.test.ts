import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LIMITS } from './limits.js';
import { SolanaFault } from './rails/solana/fault.js';
import { chainFault, openConfigured } from './solana.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tender-chain-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const open = (kind: 'off' | 'local', path: string | null, mode: 'sandbox' | 'live' = 'sandbox') =>
  openConfigured({
    config: { mode, solana: { kind }, limits: LIMITS },
    folder: path === null ? null : { path },
    masterKey: '7'.repeat(64),
    log: { error: () => {} },
    engine: () => {
      throw new Error('nothing is asked of the engine before the start');
    },
  });

it('opens nothing where no chain is configured', async () => {
  expect(await open('off', folder)).toBeNull();
});

it('opens the chain of a folder, and no chain without one', async () => {
  const solana = await open('local', folder);
  expect(solana?.settlement.airdrop).not.toBeNull();
  await solana?.stop();
  await expect(open('local', null)).rejects.toThrow(
    'TENDER_SOLANA=local goes with a data folder, not with DATABASE_URL.',
  );
});

it('makes no money from nothing in live mode', async () => {
  await expect(open('local', folder, 'live')).rejects.toThrow('is for the sandbox');
});

it('says which file of a chain cannot be read', async () => {
  const file = join(folder, 'solana.jsonl');
  await writeFile(file, 'nothing\n');
  const opened = open('local', folder);
  await expect(opened).rejects.toThrow(SolanaFault);
  await expect(opened).rejects.toThrow(
    `The chain cannot be opened: line 1 of ${file} cannot be read.`,
  );
});

it('says what to do where a package that only chains need is not there', () => {
  const missing = Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
  const bound = new Error('Cannot find native binding. npm has a bug');
  for (const error of [missing, bound])
    expect(chainFault(error).message).toBe(
      'TENDER_SOLANA needs the optional packages @solana/kit and litesvm, which are not ' +
        'installed or not made for this machine: run npm install --include=optional.',
    );
});
