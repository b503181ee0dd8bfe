import { randomFillSync } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { isFault, readConfig } from '../../src/config.js';
import { type IdSource, makeIdSource } from '../../src/domain/id.js';
import { startTender } from '../../src/main.js';
import type { Say } from './part.js';

const KEY = 'sk_test_prove';
/** Payments written in one transaction. */
const PAYMENTS_A_TRANSACTION = 50_000;
/** What old payments leave behind: facts, answers to keys and deliveries are pruned by then. */
const TABLES = ['customers', 'methods', 'intents', 'attempts', 'refunds', 'transfers', 'jobs'];

/** What a shop's customers do, in the shares in which they are multiplied. */
const EXAMPLES: readonly (readonly [form: string, then?: (id: string) => [string, string]])[] = [
  ...Array.from({ length: 6 }, () => ['payment_method=pm_card_visa'] as const),
  [
    'payment_method=pm_card_mastercard&capture_method=manual',
    (id) => [`/v1/payment_intents/${id}/capture`, 'amount_to_capture=900'],
  ],
  ['payment_method=pm_card_visa&capture_method=manual'],
  ['payment_method=pm_card_visa', (id) => ['/v1/refunds', `payment_intent=${id}&amount=300`]],
  ['payment_method=pm_card_chargeDeclined'],
];

/** Pays once as each of the examples, with a customer, through the API. */
async function payExamples(data: string): Promise<void> {
  const env = { TENDER_DATA: data, PORT: '0', TENDER_WALLET_PORT: 'off', TENDER_LOG: 'error' };
  const config = readConfig(env, {});
  if (isFault(config)) throw new Error(config.fault);
  const tender = await startTender(config);
  const post = async (path: string, form: string): Promise<{ id: string }> => {
    const answer = await fetch(new URL(path, tender.boundUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}` },
      body: new URLSearchParams(form),
    });
    const body = (await answer.json()) as { id: string; error?: { code: string } };
    if (!answer.ok && body.error?.code !== 'card_declined') throw new Error(JSON.stringify(body));
    return body;
  };
  for (const [n, [form, then]] of EXAMPLES.entries()) {
    const { id: customer } = await post('/v1/customers', `email=customer-${n}@example.com`);
    const { id } = await post(
      '/v1/payment_intents',
      `amount=1099&currency=usd&payment_method_types[]=card&confirm=true&customer=${customer}` +
        `&metadata[order_id]=order-${n}&metadata[channel]=web&${form}`,
    );
    if (then !== undefined) await post(...then(id));
  }
  await tender.stop();
}

type Value = string | bigint | null;

/** A value of an example's row: text is cut where an id of the examples is to be exchanged. */
type Piece = Value | readonly string[];

/** The rows of the examples, ready to be written again with other ids. */
interface Mould {
  readonly inserts: readonly { readonly sql: string; readonly rows: readonly Piece[][] }[];
  readonly ids: readonly string[];
  /** What the examples have added to each ledger account. */
  readonly balances: readonly Value[][];
}

function mouldOf(database: Database.Database): Mould {
  const tables = TABLES.map((table) => ({
    table,
    columns: columnsOf(database, table),
    rows: allOf(database, `SELECT * FROM ${table}`),
  }));
  const ids = tables
    .filter(({ table }) => table !== 'jobs')
    .flatMap(({ columns, rows }) => rows.map((row) => String(row[columns.indexOf('id')])));
  const cut = new RegExp(`(${ids.join('|')})`);
  const pieces = (row: Value[]): Piece[] =>
    row.map((value) => {
      if (typeof value !== 'string') return value;
      const parts = value.split(cut);
      return parts.length === 1 ? value : parts;
    });
  const labels = {
    table: 'labels',
    columns: columnsOf(database, 'labels'),
    rows: allOf(database, 'SELECT * FROM labels'),
  };
  const inserts = [...tables, labels].map(({ table, columns, rows }) => ({
    sql: `INSERT INTO ${table} VALUES (${columns.map(() => '?').join(', ')})`,
    rows: rows.map(pieces),
  }));
  const balances = allOf(
    database,
    'SELECT account, ledger_account, currency, posted, pending FROM balances',
  );
  return { inserts, ids, balances };
}

function columnsOf(database: Database.Database, table: string): string[] {
  return allOf(database, `SELECT name FROM pragma_table_info('${table}')`).map(String);
}

function allOf(database: Database.Database, sql: string): Value[][] {
  return database.prepare(sql).raw(true).safeIntegers(true).all([]) as Value[][];
}

/**
 * Makes a SQLite database with about `payments` payments: the examples, paid through the API, and
 * exact copies of their rows with ids of their own, written past the engine. A run that broke off
 * goes on. All of it is as `tender verify` wants it.
 */
export async function fillWithPayments(data: string, payments: number, say: Say): Promise<void> {
  const file = join(data, 'tender.db');
  const mouldFile = join(data, 'examples.db');
  if (!existsSync(mouldFile)) {
    rmSync(file, { force: true });
    await payExamples(data);
    const paid = new Database(file);
    paid.exec(`VACUUM INTO '${mouldFile}'`);
    paid.close();
  }
  const examples = new Database(mouldFile);
  const mould = mouldOf(examples);
  examples.close();
  const database = new Database(file);
  // It can be made again: no commit need wait for the disk.
  for (const setting of ['journal_mode = wal', 'synchronous = off', 'cache_size = -500000'])
    database.pragma(setting);
  const copy = copier(database, mould);
  const [[stored = 0n] = []] = allOf(database, 'SELECT count(*) FROM intents');
  const startMs = performance.now();
  for (let at = Number(stored); at < payments; ) {
    const copies = Math.ceil(Math.min(PAYMENTS_A_TRANSACTION, payments - at) / EXAMPLES.length);
    copy(copies);
    at += copies * EXAMPLES.length;
    say(`  ${at} payments, ${Math.round((performance.now() - startMs) / 1000)} s`);
  }
  database.pragma('wal_checkpoint(truncate)');
  database.close();
}

/** Writes the examples so many times more, in one transaction, with what they add to balances. */
function copier(database: Database.Database, { inserts, ids, balances }: Mould) {
  const source = makeIdSource({ now: Date.now, random: randomFillSync });
  const steps = inserts.map(({ sql, rows }) => ({ statement: database.prepare(sql), rows }));
  const add = database.prepare(
    'UPDATE balances SET posted = posted + ?, pending = pending + ? ' +
      'WHERE account = ? AND ledger_account = ? AND currency = ?',
  );
  return (copies: number): void => {
    database.exec('BEGIN');
    for (let n = 0; n < copies; n++) {
      const own = new Map(ids.map((id) => [id, sibling(source, id)]));
      const written = (piece: Piece): Value =>
        Array.isArray(piece)
          ? piece.map((part) => own.get(part) ?? part).join('')
          : (piece as Value);
      for (const { statement, rows } of steps)
        for (const row of rows) statement.run(row.map(written));
    }
    for (const [account, name, currency, posted, pending] of balances) {
      const times = BigInt(copies);
      const sums = [BigInt(posted as bigint) * times, BigInt(pending as bigint) * times];
      add.run([...sums, account, name, currency] as Value[]);
    }
    database.exec('COMMIT');
  };
}

/** A new id of the same kind and length. */
function sibling(source: IdSource, id: string): string {
  const prefix = id.slice(0, id.lastIndexOf('_') + 1);
  return source.next(prefix, id.length - prefix.length);
}
