import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isFault, readConfig } from '../config.js';
import { openStorage, type Storage } from '../open-storage.js';
import { backup } from './backup.js';
import { restore } from './restore.js';

/** Databases are opened four times over: a machine that is busy takes seconds for that. */
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
let open: Storage[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tender-backup-'));
  open = [];
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  for (const name of ['DATABASE_URL', 'TENDER_KEY', 'TENDER_MODE']) vi.stubEnv(name, '');
});
afterEach(async () => {
  for (const storage of open) await storage.close();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

async function storageOf(name: string): Promise<Storage> {
  const config = readConfig({ TENDER_DATA: join(folder, name) }, {});
  if (isFault(config)) throw new Error(config.fault);
  const storage = await openStorage(config, 'a test');
  open.push(storage);
  return storage;
}

/** A folder that something works on, with an account in its database. */
async function worked(): Promise<{ data: string; file: string }> {
  const { store } = await storageOf('data');
  await addAccount(store, 'acct_1');
  writeFileSync(join(folder, 'data', 'key'), 'secret\n');
  return { data: join(folder, 'data'), file: join(folder, 'saved.db') };
}

async function addAccount({ transact }: Storage['store'], id: string): Promise<void> {
  const row = { account: id, id, created: 1, clockAheadSeconds: 0, email: null } as never;
  await transact(`bat_${id}`, ({ write }) =>
    write({ changes: [{ table: 'accounts', kind: 'insert', row }], postings: [] }),
  );
}

test('a folder that is in use is saved as it is at one moment, and restored', async () => {
  const { data, file } = await worked();
  backup(file, { data });
  await addAccount((open[0] as Storage).store, 'acct_2');
  await restore(file, { data: join(folder, 'again') });
  const { store } = await storageOf('again');
  expect(await store.scan('accounts', null, 10)).toMatchObject([{ id: 'acct_1' }]);
  expect(existsSync(join(folder, 'again', 'key'))).toBe(false);
  expect(process.exitCode ?? 0).toBe(0);
});

test('the key goes along only when it is asked for', async () => {
  const { data, file } = await worked();
  backup(file, { data, withKey: true });
  await restore(file, { data: join(folder, 'again') });
  expect(readFileSync(join(folder, 'again', 'key'), 'utf8')).toBe('secret\n');
});

test('nothing is written over', async () => {
  const { data, file } = await worked();
  backup(file, { data });
  const before = readFileSync(file);
  expect(() => backup(file, { data })).toThrow('is there already');
  expect(readFileSync(file).equals(before)).toBe(true);
  await (open.pop() as Storage).close();
  await expect(restore(file, { data })).rejects.toThrow('has data already');
});

test('a file that is no whole backup is not restored', async () => {
  const { data, file } = await worked();
  backup(file, { data });
  const whole = readFileSync(file);
  const half = join(folder, 'half.db');
  writeFileSync(half, whole.subarray(0, whole.length / 2));
  await expect(restore(half, { data: join(folder, 'again') })).rejects.toThrow('no whole backup');
  writeFileSync(half, 'anything else');
  await expect(restore(half, { data: join(folder, 'again') })).rejects.toThrow('no whole backup');
  expect(existsSync(join(folder, 'again'))).toBe(false);
});

test('data of another mode is not restored', async () => {
  const { data, file } = await worked();
  writeFileSync(join(data, 'mode'), 'live\n');
  backup(file, { data });
  const again = join(folder, 'again');
  await expect(restore(file, { data: again })).rejects.toThrow('holds live data');
  expect(existsSync(again)).toBe(false);
});

test('a folder without data, and PostgreSQL, are told what to do', () => {
  expect(() => backup(join(folder, 'b'), { data: join(folder, 'none') })).toThrow('has no data');
  vi.stubEnv('DATABASE_URL', 'postgres://127.0.0.1/tender');
  expect(() => backup(join(folder, 'b'), {})).toThrow('pg_dump');
});
