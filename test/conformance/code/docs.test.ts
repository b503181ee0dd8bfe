import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestTender, type TestTender } from '../../support/tender.js';

/** Runs what docs/integrate/code.md prints, in its order, and compares what it says comes out. */

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const TSX = import.meta.resolve('tsx');
const RUN_MS_MAX = 60_000;

/** A fenced block; `mark` is the comment above it, without its arrows. */
interface Block {
  readonly mark: string;
  readonly language: string;
  readonly text: string;
}

const folder = mkdtempSync(join(tmpdir(), 'tender-docs-'));
let tender: TestTender;
let blocks: readonly Block[];

beforeAll(async () => {
  const [shop, site] = [await freePort(), await freePort()];
  const domainOrigins = { 'shop.example': `http://127.0.0.1:${site}` };
  tender = await startTestTender({ code: { domainOrigins } });
  const document = readFileSync(join(ROOT, 'docs/integrate/code.md'), 'utf8')
    .replaceAll('127.0.0.1:4400', `127.0.0.1:${tender.port}`)
    .replaceAll('4444', `${shop}`)
    .replaceAll('4446', `${site}`);
  const fenced = /(?:<!-- ([^\n]+) -->\n)?```(\w+)\n(.*?)^```$/gms;
  blocks = [...document.matchAll(fenced)].map(([, mark = '', language = '', text = '']) => ({
    mark,
    language,
    text,
  }));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  // The built file is the same from the same source.
  const source = JSON.stringify(join(ROOT, 'sdk/code/server/code.ts'));
  writeFileSync(join(folder, 'code-server.js'), `export * from ${source};\n`);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const { mark, text } of blocks) {
    const [, name] = /^file: (\w+\.mjs)$/.exec(mark) ?? [];
    if (name !== undefined) writeFileSync(join(folder, name), text);
  }
});

afterAll(async () => {
  await tender.stop();
  rmSync(folder, { recursive: true, force: true });
  expect(tender.errors).toEqual([]);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** What a shell wrote to its standard output; throws with the rest where a command failed. */
async function shell(script: string): Promise<string> {
  const setup = "set -euo pipefail; trap 'kill $(jobs -p) 2>&- || true' EXIT";
  const args = ['--norc', '-c', `${setup}\n${script}`];
  const env = { PATH: process.env.PATH, NODE_OPTIONS: `--import ${TSX}` };
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  const child = spawn('bash', args, { cwd: folder, env, stdio: [...stdio], timeout: RUN_MS_MAX });
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.on('data', (chunk) => void out.push(String(chunk)));
  child.stderr.on('data', (chunk) => void err.push(String(chunk)));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${script}ended with ${code}: ${err.join('')}`);
  return out.join('');
}

test('the Code document does what it says', { timeout: RUN_MS_MAX }, async () => {
  const results: { text: string; printed: string }[] = [];
  for (const [index, { mark, text }] of blocks.entries()) {
    if (mark !== 'run') continue;
    // What stays in the background ends with its block.
    const printed = await shell(text);
    const next = blocks[index + 1];
    if (next?.language === 'text') results.push({ text: next.text, printed });
  }
  expect(results).toHaveLength(4);
  for (const { text, printed } of results) expect(printed.trim()).toBe(text.trim());
});
