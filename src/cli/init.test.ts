import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { CommandFailure } from './failure.js';
import { init } from './init.js';

const data = mkdtempSync(join(tmpdir(), 'tender-init-'));

afterAll(() => rmSync(data, { recursive: true }));

async function printed(email: string): Promise<string> {
  const written: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  try {
    await init({ data, email });
  } finally {
    write.mockRestore();
  }
  return written.join('');
}

const LINK = /http:\/\/\S+\/admin\/welcome\/(op_\w+)\/(\w{48})\n/;

test('init prints a link for the operator, and another one when it is asked again', async () => {
  const first = LINK.exec(await printed('Ada@example.com'));
  const again = LINK.exec(await printed('ada@example.com'));
  expect(first?.[1]).toMatch(/^op_/);
  expect(again?.[1]).toBe(first?.[1]);
  expect(again?.[2]).not.toBe(first?.[2]);
});

test('init asks for an address that is one', async () => {
  await expect(init({ data })).rejects.toThrow(CommandFailure);
  await expect(init({ data, email: 'ada' })).rejects.toThrow(/Add --email/);
});
