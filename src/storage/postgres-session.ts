import { createHash } from 'node:crypto';
import pg from 'pg';
import type { Scalar } from './codec.js';
import { hostUrls } from './postgres-hosts.js';
import type { Profile } from './profiles.js';
import { ConstraintViolation, RolledBack } from './store.js';

/** A value of a statement: one, or the array of a column. */
export type Value = Scalar | Buffer;

/** What a statement answered. */
export interface Answer {
  readonly rows: Scalar[][];
  /** How many rows it changed. */
  readonly count: number;
  readonly command: string;
}

/** One connection while somebody has it. Its errors are the store's. */
export interface Session {
  /** Runs a statement that is prepared once per connection: its text must be one of a few. */
  run(sql: string, values: readonly Value[]): Promise<Answer>;
  /** Runs a statement whose text may be one of many, or that has no values. */
  runOnce(sql: string, values?: readonly Value[]): Promise<Answer>;
  /** The first error since the session began; in a transaction nothing can follow it. */
  readonly failure: Error | null;
  /** True once the connection is gone. */
  readonly lost: boolean;
}

/**
 * The connection is gone, or was never there: whatever was not committed is rolled back. Who has
 * sent COMMIT must not read it so.
 */
export class ConnectionLost extends RolledBack {}

/**
 * The server ends the session, refuses it for now, or cannot say how a statement ended; or it only
 * reads (25006): it is not, or is no longer, the one to write to.
 */
const LOST_STATES = /^(08|57P)|^(40003|53300|25006|25P03|25P04)$/;
/** Unique, foreign key, check. */
const CONSTRAINT_STATES = /^(23505|23503|23514)$/;
/** Serialization failure, deadlock, lock not available. */
const AGAIN_STATES = /^(40001|40P01|55P03)$/;

/** SQLSTATE of an error that came from the server, else null. */
export function sqlState(error: unknown): string | null {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return cause instanceof pg.DatabaseError ? (cause.code ?? null) : null;
}

function storeError(error: unknown): Error {
  const state = sqlState(error);
  const options = { cause: error };
  const message = `PostgreSQL: ${(error as Error).message}`;
  // What is not the server's own answer is the network's, or the driver's that gave up waiting.
  if (state === null || LOST_STATES.test(state)) return new ConnectionLost(message, options);
  if (CONSTRAINT_STATES.test(state)) return new ConstraintViolation(message, options);
  if (AGAIN_STATES.test(state)) return new RolledBack(message, options);
  return new Error(message, options);
}

export interface PoolSettings {
  url: string;
  connections_max: number;
  /** 0: no limit. */
  statement_timeout_ms: number;
  profile: Profile;
}

/** How long the driver waits longer than the server, so that the server's answer comes first. */
const ANSWER_GRACE_MS = 5_000;
const CONNECT_WAIT_MS_MAX = 5_000;

/**
 * Statements are prepared once and keep the plan made when tables were empty, which reads whole
 * tables until the next ANALYZE: a trial with 200,000 rows took 32 ms for a read by key instead of
 * 0.4. All that we send goes by index, so other plans are ruled out. Compiling pays for none of it.
 */
export const PLANNER_SQL =
  'SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; ' +
  'SET jit = off; ' +
  // An acknowledged commit is on disk, whatever the database or the role has as its default.
  "SELECT set_config('synchronous_commit', 'on', false) " +
  "WHERE current_setting('synchronous_commit') = 'off'";

/** Where connections are lent from. */
export interface Pool {
  connect(): Promise<pg.PoolClient>;
  end(): Promise<void>;
}

/**
 * Makes a pool; connects when first used, and again after a broken connection was thrown away. Of
 * several hosts in the URL it takes the one that can be written to, and looks for it again when
 * that one is gone: a standby that was promoted is found without a word from anybody.
 */
export function openPool(settings: PoolSettings): Pool {
  const urls = hostUrls(settings.url);
  const pools = urls.map((url) => openHost({ ...settings, url }, urls.length > 1));
  let current = 0;
  return {
    connect: async () => {
      const first = current;
      for (let tries = 1; ; tries++) {
        const host = (first + tries - 1) % pools.length;
        try {
          const client = await (pools[host] as pg.Pool).connect();
          current = host;
          return client;
        } catch (error) {
          if (tries >= pools.length) throw error;
        }
      }
    },
    end: async () => {
      await Promise.all(pools.map((pool) => pool.end()));
    },
  };
}

/** Refuses a standby, and a server that only reads for another reason. */
async function demandWritable(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query('SHOW transaction_read_only');
  if (rows[0]?.transaction_read_only === 'on') throw new Error('the server can only be read');
}

function openHost(settings: PoolSettings, isOneOfMany: boolean): pg.Pool {
  const { profile, statement_timeout_ms } = settings;
  const pool = new pg.Pool({
    connectionString: settings.url,
    application_name: 'tender',
    max: settings.connections_max,
    connectionTimeoutMillis: CONNECT_WAIT_MS_MAX,
    statement_timeout: statement_timeout_ms,
    // A process that stands still in the middle of a batch must not keep its locks for ever.
    idle_in_transaction_session_timeout: statement_timeout_ms,
    query_timeout: statement_timeout_ms === 0 ? 0 : statement_timeout_ms + ANSWER_GRACE_MS,
    keepAlive: true,
    pipeline: true,
    onConnect: async (client) => {
      if (isOneOfMany) await demandWritable(client);
      if (profile.hasPlannerSettings) await client.query(PLANNER_SQL);
    },
  });
  // A connection that breaks while nobody has it is replaced by the pool; nobody need know.
  pool.on('error', () => {});
  return pool;
}

const names = new Map<string, string>();

/** The same text has the same name everywhere, also behind a proxy that shares connections. */
function nameOf(sql: string): string {
  let name = names.get(sql);
  if (name === undefined) {
    name = `tender_${createHash('sha256').update(sql).digest('hex').slice(0, 24)}`;
    names.set(sql, name);
  }
  return name;
}

/**
 * Lends a connection to `use`. It goes back into the pool only when it is whole and outside of any
 * transaction; else it is closed. Throws ConnectionLost where none can be had.
 */
export async function withSession<T>(
  pool: Pool,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  let client: pg.PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    throw storeError(error);
  }
  let failure: Error | null = null;
  let lost = false;
  const onError = (): void => {
    lost = true;
  };
  client.on('error', onError);
  const send = async (config: pg.QueryArrayConfig): Promise<Answer> => {
    try {
      const { rows, rowCount, command } = await client.query(config);
      return { rows: rows as Scalar[][], count: rowCount ?? 0, command };
    } catch (error) {
      const translated = storeError(error);
      failure ??= translated;
      if (translated instanceof ConnectionLost) lost = true;
      throw translated;
    }
  };
  const session: Session = {
    run: (text, values) =>
      send({ name: nameOf(text), text, values: values as unknown[], rowMode: 'array' }),
    runOnce: (text, values = []) => send({ text, values: values as unknown[], rowMode: 'array' }),
    get failure() {
      return failure;
    },
    get lost() {
      return lost;
    },
  };
  try {
    return await use(session);
  } finally {
    client.release(lost || client.getTransactionStatus() !== 'I');
    client.off('error', onError);
  }
}

/**
 * Waits for statements that were sent together, all of them, so that none is left behind when the
 * connection goes back. Throws the first error: those after it are its consequences.
 */
export async function together(sent: readonly Promise<Answer>[]): Promise<Answer[]> {
  const settled = await Promise.allSettled(sent);
  return settled.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}
