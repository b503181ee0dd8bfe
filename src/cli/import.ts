import { firstAccount } from '../api/auth.js';
import type { Config } from '../config.js';
import { isFailure } from '../domain/errors.js';
import type { Command } from '../engine/command.js';
import {
  type Imported,
  type ImportTerms,
  importCustomer,
  importPayment,
} from '../engine/imports.js';
import { countAnew } from '../engine/rollups.js';
import { masterKeyOf } from '../main.js';
import { keysUnder } from '../master-keys.js';
import { openStorage } from '../open-storage.js';
import { CommandFailure, configuration } from './failure.js';
import { readFiles } from './import-files.js';
import { type Findings, type ImportPlan, noFindings, planOf, type Told } from './import-plan.js';
import { type ImportCounts, importReport } from './import-report.js';
import { makeProgress, type Progress } from './progress.js';
import { hasData } from './reader.js';
import { engineOn } from './store-engine.js';

/** The flags of `tender import`, as they were typed. */
export interface ImportFlags {
  readonly data?: string;
  readonly account?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Commands that are under way at once: they share a transaction. */
const COMMANDS_AT_ONCE = 200;

/** `tender import`: takes over history, whole payments each, and says what became of it. */
export async function importFiles(files: readonly string[], flags: ImportFlags): Promise<void> {
  const config = configuration({ ...(flags.data === undefined ? {} : { data: flags.data }) });
  const account = flags.account ?? firstAccount(config.apiKeys);
  if (!/^acct_[0-9A-Za-z_]{1,60}$/.test(account))
    throw new CommandFailure(`--account is an id such as acct_1, not ${account}.`);
  const found = noFindings();
  readFiles(files, found);
  const plan = planOf(found);
  const isDry = flags.dryRun === true;
  const terms = { account, from: 'stripe', writes: !isDry };
  const counts = await takeOver(config, terms, plan, found);
  const outcome = { account, isDry, counts, leftOut: found.leftOut, problems: found.problems };
  process.stdout.write(importReport(outcome, flags.json === true));
  if (found.problems.length > 0) process.exitCode = 1;
}

async function takeOver(
  config: Config,
  terms: ImportTerms,
  plan: ImportPlan,
  found: Findings,
): Promise<ImportCounts> {
  // To look at files needs no data, and must not make any.
  const isNew = !hasData(config);
  const isLook = isNew && !terms.writes;
  // A key that is lost is noticed before there is data that it should open.
  const keys = isLook ? null : keysUnder(masterKeyOf(config), config);
  const storage = keys && (await openStorage(config, 'tender import'));
  const engine = keys && storage && engineOn(storage.store, keys, config.limits.engine);
  const run = async (command: Command<Imported>): Promise<Imported> => {
    if (engine === null) return { end: 'imported' };
    const result = await engine.background(command);
    if (isFailure(result)) throw new Error(`an import was refused: ${result.failure}`);
    return result;
  };
  // No facts tell of what is imported. Before, as a run may break off; after, as others may count.
  const recount = async (): Promise<void> => {
    if (terms.writes) await engine?.background(countAnew(terms.account));
  };
  const progress = makeProgress(process.stderr);
  progress.expect(plan.customers.length + plan.payments.length);
  try {
    await recount();
    const customers = await runAll(plan.customers, found, progress, ({ past }) =>
      run(importCustomer(terms, past)),
    );
    const payments = await runAll(plan.payments, found, progress, ({ past }) =>
      run(importPayment(terms, past)),
    );
    await recount();
    return { customers, payments };
  } finally {
    progress.clear();
    await engine?.drain();
    await storage?.close();
  }
}

/** Runs one after the other in parts, so that each part is one commit; order is kept. */
async function runAll<T extends { readonly id: string }>(
  told: readonly Told<T>[],
  { problems }: Findings,
  progress: Progress,
  run: (one: Told<T>) => Promise<Imported>,
): Promise<{ imported: number; known: number }> {
  const counts = { imported: 0, known: 0 };
  for (let at = 0; at < told.length; at += COMMANDS_AT_ONCE) {
    const part = told.slice(at, at + COMMANDS_AT_ONCE);
    const results = await Promise.all(part.map(run));
    for (const [i, result] of results.entries()) {
      const { place, past } = part[i] as Told<T>;
      if (result.end === 'taken')
        problems.push({ place, id: past.id, fault: `${result.id} is another payment's here` });
      else counts[result.end] += 1;
    }
    progress.add(part.length);
  }
  return counts;
}
