import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { type Child, startChild } from '../crash/child.js';
import { openDocument, type Printed, RUN_MS_MAX } from '../support/document.js';
import {
  type FencedBlock,
  faultOf,
  fencedBlocks,
  isRun,
  printsOf,
  programsOf,
  reasonOf,
} from '../support/fenced-blocks.js';
import { freePort } from '../support/free-port.js';
import { hasSameFields, hasSameShape } from '../support/same-shape.js';

/**
 * Does what the documents show: each of them in a folder and an account of its own, beside one
 * server. What cannot be run says why in a comment above it: `<!-- not run: needs root -->`.
 */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

const DOCUMENTS = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true })
    .map((file) => `docs/${String(file).replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith('.md'))
    .sort(),
];
const BLOCKS = DOCUMENTS.flatMap(fencedBlocks);
const RUN_DOCUMENTS = DOCUMENTS.filter((path) => fencedBlocks(path).some(isRun));

/** Its requests without a key are the first account's, so that it cannot have one of its own. */
const FIRST_ACCOUNT = 'docs/integrate/code.md';

const place = mkdtempSync(join(tmpdir(), 'tender-docs-server-'));
const data = join(place, 'copy');
let tender: Child;
let site = 0;

const urlOf = (path: string): string => `http://127.0.0.1:${tender.port}${path}`;

const tenderCommand = (...args: string[]) =>
  run(process.execPath, ['bin/tender.js', ...args], { cwd: ROOT, env: { PATH: process.env.PATH } });

beforeAll(async () => {
  site = await freePort();
  const domains = `shop.example=http://127.0.0.1:${site}`;
  const serverData = join(place, 'data');
  tender = await startChild(serverData, { TENDER_CODE_DOMAINS: domains });
  await paid('sk_test_shop');
  // What commands on a data folder find in it: a merchant with a payment, and nobody at work.
  await tenderCommand('backup', join(place, 'copy.db'), '--with-key', '--data', serverData);
  await tenderCommand('restore', join(place, 'copy.db'), '--data', data);
});
afterAll(async () => {
  await tender?.stop();
  rmSync(place, { recursive: true, force: true });
});

/** Makes an object by the Stripe dialect; its id. */
async function made(path: string, key: string, fields: Record<string, string>): Promise<string> {
  const headers = { authorization: `Bearer ${key}` };
  const body = new URLSearchParams(fields);
  const reply = await fetch(urlOf(path), { method: 'POST', headers, body });
  return ((await reply.json()) as { id: string }).id;
}

function paid(key: string): Promise<string> {
  const payment = { amount: '1099', currency: 'usd', payment_method: 'pm_card_visa' };
  return made('/v1/payment_intents', key, { ...payment, confirm: 'true' });
}

/** Ids that documents name, and how there comes to be what they stand for in an account. */
const EXAMPLES: Readonly<Record<string, (key: string) => Promise<string>>> = {
  we_X: (key) =>
    made('/v1/webhook_endpoints', key, {
      url: 'http://127.0.0.1:9/nobody',
      'enabled_events[]': '*',
    }),
  '(pi|pi_sandbox)_(?:X|3MkVbcq)': async (key) => `$1_${(await paid(key)).slice('pi_'.length)}`,
  evt_X: async (key) => {
    const headers = { authorization: `Bearer ${key}` };
    const reply = await fetch(urlOf('/v1/events?limit=1'), { headers });
    const { data } = (await reply.json()) as { data: { id: string }[] };
    return data[0]?.id ?? '';
  },
  clock_3MkVbcq: (key) => {
    const frozen_time = `${Math.floor(Date.now() / 1000)}`;
    return made('/v1/test_helpers/test_clocks', key, { frozen_time });
  },
};

/** What stands for a document's ports, keys and examples of ids. */
async function settingsOf(path: string) {
  const name = path === FIRST_ACCOUNT ? 'tender' : `docs${RUN_DOCUMENTS.indexOf(path)}`;
  const key = `sk_test_${name}`;
  const texts = fencedBlocks(path).map(({ text }) => text);
  const replaced: Record<string, string> = {
    4400: `${tender.port}`,
    4444: `${await freePort()}`,
    4446: `${site}`,
    '(sk_test|pk_test|sk_sandbox)_tender': `$1_${name}`,
  };
  // In their order: an event needs what it tells of.
  for (const [example, make] of Object.entries(EXAMPLES))
    if (texts.some((text) => new RegExp(`\\b${example}\\b`).test(text)))
      replaced[example] = await make(key);
  const env = { PORT: `${tender.port}`, TENDER_SECRET_KEY: key, TENDER_LOG: 'warn' };
  return { replaced, env, data };
}

function fitsWhatIsSaid({ block, printed, said }: Printed): void {
  const at = `${block.path}:${block.line}`;
  const part = printsOf(block);
  if (part !== null) expect(printed, at).toContain(part);
  if (said === null) return;
  const fits =
    said.language === 'json'
      ? hasSameFields(JSON.parse(said.text), JSON.parse(printed))
      : hasSameShape(said.text, printed);
  expect(fits, `${at} prints\n${printed}\nand not\n${said.text}`).toBe(true);
}

describe('what a document shows is done, and comes out as it says', () => {
  test.concurrent.each(RUN_DOCUMENTS)('%s', { timeout: RUN_MS_MAX * 2 }, async (path) => {
    const document = openDocument(path, await settingsOf(path));
    try {
      for (const printed of await document.runAll()) fitsWhatIsSaid(printed);
    } finally {
      document.close();
    }
  });
});

const inLanguage = (language: string): FencedBlock[] =>
  BLOCKS.filter((block) => block.language === language);

/** Addresses of ours that a page's HTML loads. */
const loadedBy = ({ text }: FencedBlock): string[] =>
  [...text.matchAll(/(?:src="|from ')http:\/\/127\.0\.0\.1:4400(\/[^"']*)/g)].map(
    ([, path = '']) => path,
  );

describe('what a document shows and a shell does not do', () => {
  test('is marked with a reason that is known, in a language that is known', () => {
    expect(BLOCKS.flatMap((block) => faultOf(block) ?? [])).toEqual([]);
    const left = BLOCKS.filter((block) => reasonOf(block) !== null);
    console.log(left.map((block) => `${block.path}:${block.line} ${reasonOf(block)}`).join('\n'));
    // Most of it runs, or the documents have become promises.
    expect(left.length).toBeLessThan(BLOCKS.filter(isRun).length);
  });

  test('parses as JSON and YAML', () => {
    for (const { text } of inLanguage('json')) JSON.parse(text);
    for (const { text } of inLanguage('yaml')) parseYaml(text);
  });

  test('loads from Tender what is there', async () => {
    const paths = inLanguage('html').flatMap(loadedBy);
    expect(paths.length).toBeGreaterThan(1);
    for (const path of paths)
      expect([path, (await fetch(urlOf(path))).status]).toEqual([path, 200]);
  });

  test('is right in its types', { timeout: RUN_MS_MAX }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tender-docs-types-'));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const compilerOptions = {
      ...{ module: 'nodenext', target: 'es2022', strict: true, noEmit: true, skipLibCheck: true },
      types: ['node'],
    };
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    const programs = DOCUMENTS.flatMap((path) => [...programsOf(fencedBlocks(path))]).filter(
      ([{ language }]) => language === 'ts',
    );
    expect(programs.length).toBeGreaterThan(0);
    for (const [{ path, line }, text] of programs)
      writeFileSync(join(folder, `${path.replaceAll(/[/.]/g, '-')}-${line}.ts`), text);
    const tsc = join(ROOT, 'node_modules/.bin/tsc');
    const { stdout } = await run(tsc, ['-p', folder]).catch((error) => error);
    rmSync(folder, { recursive: true, force: true });
    expect(stdout).toBe('');
  });
});
