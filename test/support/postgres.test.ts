import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { createDatabase, startPostgres } from './postgres.js';

async function query(url: string, text: string): Promise<unknown[][]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

test('the project has a server, told twice', async () => {
  const url = inject('databaseUrl');
  expect(process.env.TENDER_TEST_DATABASE_URL).toBe(url);
  expect(process.env.TENDER_TEST_STORE).toBe('postgres');
  expect(new URL(url).hostname).toBe('127.0.0.1');
  const settings = await query(
    url,
    `SELECT name, setting FROM pg_settings WHERE name IN
       ('fsync', 'synchronous_commit', 'full_page_writes', 'max_connections', 'listen_addresses')
       ORDER BY name`,
  );
  expect(settings).toEqual([
    ['fsync', 'on'],
    ['full_page_writes', 'on'],
    ['listen_addresses', '127.0.0.1'],
    ['max_connections', '100'],
    ['synchronous_commit', 'on'],
  ]);
});

test('databases of two files do not meet', async () => {
  const [one, two] = [
    await createDatabase(inject('databaseUrl')),
    await createDatabase(inject('databaseUrl')),
  ];
  await query(one, 'CREATE TABLE payments (id text)');
  await query(two, 'CREATE TABLE payments (id text)');
  expect(one).not.toBe(two);
});

test('a killed server keeps what was committed, a stopped one leaves nothing', async () => {
  const server = await startPostgres();
  const [folder] = (await query(server.url, 'SHOW data_directory'))[0] ?? [];
  try {
    await query(server.url, 'CREATE TABLE payments AS SELECT 42 AS amount');
    await server.kill();
    await expect(query(server.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
    await server.restart();
    expect(await query(server.url, 'SELECT amount FROM payments')).toEqual([[42]]);
    expect(existsSync(String(folder))).toBe(true);
  } finally {
    await server.stop();
    await server.stop();
  }
  expect(existsSync(String(folder))).toBe(false);
  await expect(query(server.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
});

test.each([
  ['is told to go', ''],
  ['throws', "throw new Error('on purpose');"],
  ['exits', 'process.exit(0);'],
])('nothing is left when the process that started a server %s', async (_, end) => {
  const script = `
    import { startPostgres } from './test/support/postgres.ts';
    const { url } = await startPostgres();
    process.stdout.write(url, () => { ${end} });`;
  const child = spawn(process.execPath, ['--import=tsx', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [url] = (await once(child.stdout, 'data')).map(String);
  const exit = once(child, 'exit');
  if (end === '') {
    const [folder] = (await query(url ?? '', 'SHOW data_directory'))[0] ?? [];
    child.kill('SIGTERM');
    expect(await exit).toEqual([null, 'SIGTERM']);
    expect(existsSync(String(folder))).toBe(false);
  }
  await exit;
  await expect.poll(() => query(url ?? '', 'SELECT 1').catch(String)).toContain('ECONNREFUSED');
});
