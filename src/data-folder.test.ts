import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DataFolderFault, openDataFolder, readOrMakeKey } from './data-folder.js';

let root: string;
let path: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tender-folder-'));
  path = join(root, 'deep', 'data');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const open = (mode = 'sandbox') => openDataFolder(path, mode, 'tender start');

describe('a data folder', () => {
  test('is made for its owner alone', () => {
    open().release();
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  test('has one holder at a time, who is named to others', () => {
    const folder = open();
    expect(() => open()).toThrow(DataFolderFault);
    expect(() => open()).toThrow(`in use by tender start (process ${process.pid}) since 20`);
    folder.announce('http://127.0.0.1:4400');
    expect(() => open()).toThrow('UTC, at http://127.0.0.1:4400.');
    folder.release();
    open().release();
  });

  test('is free again when its holder was killed, and only then', async () => {
    const source = JSON.stringify(new URL('./data-folder.ts', import.meta.url).href);
    const script =
      `const { openDataFolder } = await import(${source});` +
      `const folder = openDataFolder(${JSON.stringify(path)}, 'sandbox', 'tender start');` +
      'console.log(folder.path); setInterval(() => {}, 1000);';
    const child = spawn(process.execPath, ['--import=tsx', '--input-type=module', '-e', script]);
    await once(child.stdout, 'data');
    expect(() => open()).toThrow(`process ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(existsSync(join(path, 'holder.json'))).toBe(true);
    open().release();
  });

  test('does not take a later process with the same id for its holder', () => {
    open().release();
    const holder = { pid: process.pid, machine: 'x', what: 'x', since: '', url: null };
    writeFileSync(join(path, 'holder.json'), JSON.stringify(holder));
    open().release();
  });

  test('is of one mode for ever', () => {
    open('sandbox').release();
    expect(() => open('live')).toThrow('holds sandbox data; TENDER_MODE is live');
    open('sandbox').release();
  });

  test('that cannot be made is a fault in one line', () => {
    writeFileSync(join(root, 'deep'), '');
    expect(() => open()).toThrow(DataFolderFault);
    expect(() => open()).toThrow(/^The data folder .* cannot be used: .*$/);
  });
});

describe('the key', () => {
  test('is made once, for the owner alone, and leaves nothing else', () => {
    const key = readOrMakeKey(path);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(readOrMakeKey(path)).toBe(key);
    expect(statSync(join(path, 'key')).mode & 0o777).toBe(0o600);
    expect(readdirSync(path)).toEqual(['key']);
  });

  test('is never made anew beside data', () => {
    readOrMakeKey(path);
    writeFileSync(join(path, 'tender.db'), '');
    rmSync(join(path, 'key'));
    expect(() => readOrMakeKey(path)).toThrow('has data but no key');
    expect(existsSync(join(path, 'key'))).toBe(false);
  });

  test('that is damaged or open to others is not used', () => {
    const key = readOrMakeKey(path);
    const file = join(path, 'key');
    chmodSync(file, 0o644);
    expect(() => readOrMakeKey(path)).toThrow('can be read by others');
    chmodSync(file, 0o600);
    writeFileSync(file, key.slice(1));
    expect(() => readOrMakeKey(path)).toThrow('is damaged');
    expect(readFileSync(file, 'utf8')).toBe(key.slice(1));
  });
});
