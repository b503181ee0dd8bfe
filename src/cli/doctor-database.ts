import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.js';
import { readOrMakeKey } from '../data-folder.js';
import type { PaymentMethod } from '../domain/payment-method.js';
import type { Subscription } from '../domain/subscription.js';
import { keysUnder } from '../master-keys.js';
import type { Reader } from '../storage/reader.js';
import type { RowTypes, TableName } from '../storage/schema.js';
import { orStartFault } from '../system-fault.js';
import { type Finding, failed, ok, warning } from './doctor-finding.js';
import { messageOf } from './failure.js';
import { hasData, openReader } from './reader.js';

/** Rows of a table that are looked at: an installation with more endpoints is rare. */
const ROWS_MAX = 10_000;
const PAGE_ROWS = 1_000;
/** Beyond it, signatures of webhooks fail and tokens end early. */
const SKEW_MS_MAX = 2_000;

/** The database and what depends on it: its schema, the key, the clock, webhook endpoints. */
export async function checkDatabase(config: Config): Promise<Finding[]> {
  const { database } = config;
  if (!hasData(config)) return [ok('Database', 'there is none yet: the first start makes it')];
  const reader = openReader(config);
  try {
    const missing = await orStartFault('It cannot be read', reader.missingMigrations);
    const schema = checkSchema(missing, database === null ? 'SQLite' : 'PostgreSQL');
    const clock = await checkClock(reader, config);
    // An older schema's rows may not be what this version takes them for.
    if (missing.length > 0) return [schema, clock];
    const endpoints = await rowsOf(reader, 'subscriptions', ROWS_MAX);
    const key = await checkKey(reader, config, endpoints);
    return [schema, key, clock, ...checkEndpoints(endpoints)];
  } catch (error) {
    const message = messageOf(error);
    if (message === null) throw error;
    const advice = database === null ? 'Restore a backup: tender restore' : 'Check DATABASE_URL.';
    return [failed('Database', message, advice)];
  } finally {
    await reader.close();
  }
}

function checkSchema(missing: readonly string[], kind: 'SQLite' | 'PostgreSQL'): Finding {
  if (missing.length === 0) return ok('Database', `${kind}, up to date`);
  const text = `${kind}, lacks ${missing.length} of its migrations`;
  const backup = kind === 'SQLite' ? 'tender backup' : 'pg_dump';
  return warning('Database', text, `${backup}, then tender migrate; a start does it, too.`);
}

/** The clock beside the database server's, or beside the last write to the file. */
async function checkClock(reader: Reader, { dataFolder }: Config): Promise<Finding> {
  const askedMs = Date.now();
  const serverMs = await reader.nowMs();
  // Half of the way is the answer's.
  const ownMs = (askedMs + Date.now()) / 2;
  const advice = 'Let this machine set its clock: timedatectl set-ntp true';
  if (serverMs !== null) {
    const apartMs = Math.abs(serverMs - ownMs);
    const text = `${(apartMs / 1000).toFixed(1)} s from the database server's`;
    return apartMs > SKEW_MS_MAX ? warning('Clock', text, advice) : ok('Clock', text);
  }
  const aheadMs = statSync(join(dataFolder, 'tender.db')).mtimeMs - ownMs;
  if (aheadMs <= SKEW_MS_MAX) return ok('Clock', 'not behind the last write');
  return warning('Clock', `${(aheadMs / 1000).toFixed(0)} s behind the last write`, advice);
}

/** Rows of a table that fit, until so many were looked at. */
async function rowsOf<T extends TableName>(
  reader: Reader,
  table: T,
  rows_max: number,
): Promise<RowTypes[T][]> {
  const rows: RowTypes[T][] = [];
  for (;;) {
    const last = rows.at(-1);
    const after = last === undefined ? null : { account: last.account, id: last.id };
    const page = await reader.scan(table, after, PAGE_ROWS);
    rows.push(...page);
    if (page.length < PAGE_ROWS || rows.length >= rows_max) return rows;
  }
}

/** Whether the master key opens what it is there to open. */
async function checkKey(
  reader: Reader,
  config: Config,
  endpoints: readonly Subscription[],
): Promise<Finding> {
  const { masterKey, dataFolder, database } = config;
  const hasFile = existsSync(join(dataFolder, 'key'));
  if (masterKey === null && !hasFile) {
    // Beside a database elsewhere the first start makes one; beside a file it is lost.
    if (database !== null) return ok('Key', 'none yet: the first start makes one');
    return failed('Key', 'there is data and no key', 'Put back the file key, or set TENDER_KEY.');
  }
  const hex = masterKey ?? readOrMakeKey(dataFolder);
  const { open, openSecret, isCurrent } = keysUnder(hex, config);
  const methods = await rowsOf(reader, 'methods', PAGE_ROWS);
  const tries = [
    ...endpoints.map(
      ({ id, secret }) =>
        () =>
          openSecret(secret, id),
    ),
    ...methods.flatMap(({ id, sealed }: PaymentMethod) =>
      sealed === null ? [] : [() => open(sealed, id)],
    ),
  ];
  const shut = tries.filter((attempt) => !opens(attempt)).length;
  const from = masterKey === null ? 'the file key' : 'TENDER_KEY';
  if (tries.length === 0) return ok('Key', `${from}; nothing is sealed yet`);
  const sealed = [...endpoints.map(({ secret }) => secret), ...methods.map((one) => one.sealed)];
  if (shut === 0 && sealed.some((text) => text !== null && !isCurrent(text)))
    return warning(
      'Key',
      'some is sealed with a key of TENDER_PREVIOUS_KEYS',
      'Run tender reseal while no server runs.',
    );
  if (shut === 0) return ok('Key', `${from} opens what is sealed`);
  return failed(
    'Key',
    `${from} does not open ${shut} of ${tries.length} sealed texts`,
    'Set TENDER_KEY to the key that this database was used with.',
  );
}

function opens(attempt: () => string): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}

const LISTED_MAX = 5;

/** Endpoints that do not take what they are sent. */
function checkEndpoints(endpoints: readonly Subscription[]): Finding[] {
  const failing = endpoints.filter(({ failingSinceMs }) => failingSinceMs !== null);
  if (failing.length === 0) return [ok('Webhooks', `${endpoints.length} endpoints, none failing`)];
  const found = failing.slice(0, LISTED_MAX).map(({ id, url, enabled, failingSinceMs }) => {
    const since = new Date(failingSinceMs ?? 0).toISOString().slice(0, 16).replace('T', ' ');
    const off = enabled ? '' : '; it was switched off';
    return warning(
      'Webhooks',
      `${id} has failed since ${since} UTC${off}: ${url}`,
      'See what it answered in the dashboard, mend it, and send again from there.',
    );
  });
  const more = failing.length - found.length;
  if (more > 0) found.push(warning('Webhooks', `${more} more fail`, 'See the dashboard.'));
  return found;
}
