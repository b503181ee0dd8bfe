/**
 * Proofs that take minutes, by hand: `npm run prove`. Each part is done once per folder: a run that
 * broke off goes on with the part that it was in.
 *
 *   npm run prove -- [--folder DIR] [--rows N] [--only WORD] [--again]
 *
 * What a part measured is kept in the folder. With a million rows it takes its section's place in
 * docs/operate/proofs.md; those of other parts stay as they are.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BROWSER_PART } from './prove/browser.js';
import { CRASH_PART } from './prove/crash.js';
import { DASHBOARD_PART } from './prove/dashboard.js';
import { FUZZ_PART } from './prove/fuzz.js';
import { LOAD_PARTS } from './prove/load.js';
import { MUTANTS_PART } from './prove/mutants.js';
import type { Part, Say } from './prove/part.js';
import { SEARCH_PARTS } from './prove/search.js';
import { SIM_PART } from './prove/sim.js';
import { VERIFY_PART } from './prove/verify.js';
import { WALLET_PART } from './prove/wallet.js';

const PARTS: readonly Part[] = [
  ...SEARCH_PARTS,
  BROWSER_PART,
  WALLET_PART,
  VERIFY_PART,
  DASHBOARD_PART,
  FUZZ_PART,
  SIM_PART,
  CRASH_PART,
  ...LOAD_PARTS,
  MUTANTS_PART,
];
const ROWS = 1_000_000;
const DOCUMENT = new URL('../docs/operate/proofs.md', import.meta.url);

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: join(tmpdir(), 'tender-prove') },
    rows: { type: 'string', default: String(ROWS) },
    only: { type: 'string', default: '' },
    again: { type: 'boolean', default: false },
  },
});
const rows = Number(values.rows);
if (!Number.isSafeInteger(rows) || rows < 1_000) throw new Error('--rows is a number from 1000 on');
const folder = join(values.folder, String(rows));
const say: Say = (text) => void process.stderr.write(`${text}\n`);

if (values.again) rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const RESULTS = join(folder, 'results.json');
const results: Record<string, string[]> = existsSync(RESULTS)
  ? JSON.parse(readFileSync(RESULTS, 'utf8'))
  : {};

for (const part of PARTS.filter(({ name }) => name.includes(values.only))) {
  if (results[part.name] !== undefined) {
    say(`${part.name}: done before`);
    continue;
  }
  say(`${part.name}:`);
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`;
  const measured = await part.run({ folder, rows, say });
  results[part.name] = [`On ${machine}.`, '', ...measured];
  writeFileSync(RESULTS, JSON.stringify(results, null, 2));
}

/** The sections of the document as it is, by their titles. */
function sectionsOf(document: string): Map<string, string> {
  const [, ...sections] = document.split(/^## /m);
  return new Map(
    sections.map((section) => {
      const end = section.indexOf('\n');
      return [section.slice(0, end), section.slice(end).trim()];
    }),
  );
}

const before = sectionsOf(existsSync(DOCUMENT) ? readFileSync(DOCUMENT, 'utf8') : '');
const text = [
  '# Proofs',
  '',
  'Made by `npm run prove`, which takes some minutes and is run by hand; run it on your own',
  'machine before you compare. Client, server and database share the machine. Times are of whole',
  'requests over HTTP, one after the other.',
  ...PARTS.flatMap(({ name }) => {
    const section = results[name]?.join('\n') ?? before.get(name) ?? 'Not run yet.';
    return ['', `## ${name}`, '', section];
  }),
  '',
].join('\n');
process.stdout.write(text);
if (rows === ROWS) writeFileSync(DOCUMENT, text);
process.exit(0);
