import type { Engine } from '../engine/engine.js';
import type { Keys } from '../engine/keys.js';
import { oldSeals, resealRow, SEALED_TABLES, type SealedTable } from '../engine/reseal.js';
import { CommandFailure, configuration } from './failure.js';
import { type OpenStore, withStore } from './store-engine.js';

const PAGE_ROWS = 1_000;
/** Rows that are sealed anew at once: about as many as one commit takes. */
const COMMANDS_AT_ONCE = 100;

/**
 * `tender reseal`: seals with the current key what keys of before have sealed. It may be broken off
 * and run again. Throws CommandFailure where a text opens with none of the keys.
 */
export async function reseal(options: { data?: string }): Promise<void> {
  const config = configuration(options);
  if (config.previousKeys.length === 0)
    throw new CommandFailure('TENDER_PREVIOUS_KEYS names no key: there is nothing to seal anew.');
  const count = await withStore(config, 'tender reseal', resealAll);
  process.stdout.write(`Sealed anew with the current key: ${count} texts.\n`);
}

async function resealAll({ store, engine, keys }: OpenStore): Promise<number> {
  let count = 0;
  for (const table of Object.keys(SEALED_TABLES) as SealedTable[]) {
    let after: { account: string; id: string } | null = null;
    for (;;) {
      const rows: Awaited<ReturnType<typeof store.scan<SealedTable>>> = await store.scan(
        table,
        after,
        PAGE_ROWS,
      );
      const old = rows.filter((row) => oldSeals(keys, row) > 0);
      for (let at = 0; at < old.length; at += COMMANDS_AT_ONCE) {
        const part = old.slice(at, at + COMMANDS_AT_ONCE);
        const counts = await Promise.all(part.map((row) => resealOne(engine, keys, table, row)));
        count += counts.reduce((sum, one) => sum + one, 0);
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE_ROWS) break;
      after = { account: last.account, id: last.id };
    }
  }
  return count;
}

async function resealOne(
  engine: Engine,
  keys: Keys,
  table: SealedTable,
  row: { readonly account: string; readonly id: string },
): Promise<number> {
  const end = await engine.background(resealRow(keys, table, row)).catch((error: unknown) => {
    throw new CommandFailure(`${table} ${row.id}: ${(error as Error).message}`);
  });
  if (typeof end !== 'number') throw new Error(`${table} ${row.id} could not be sealed anew`);
  return end;
}
