import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.js';
import { openPostgresReader, openSqliteReader, type Reader } from '../storage/reader.js';
import { orStartFault } from '../system-fault.js';
import { CommandFailure } from './failure.js';

/**
 * Looks into the configured database, beside a running server or without one. Nothing is made or
 * changed. Throws CommandFailure where there is no data.
 */
export function openReader(config: Config): Reader {
  demandData(config);
  const { database, dataFolder, limits } = config;
  const { storage } = limits;
  if (database !== null)
    return openPostgresReader({
      ...database,
      // One to read by: it must not take the server's.
      connections_max: 1,
      statement_timeout_ms: storage.postgres_statement_timeout_ms,
    });
  const file = join(dataFolder, 'tender.db');
  return openSqliteReader({ file, cache_kibibytes: storage.sqlite_cache_kibibytes });
}

/** Whether there may be data: that a folder has none is seen without opening it. */
export function hasData({ database, dataFolder }: Config): boolean {
  return database !== null || existsSync(join(dataFolder, 'tender.db'));
}

/** Looking must not make what is looked for. Throws CommandFailure where there is no data. */
export function demandData(config: Config): void {
  if (hasData(config)) return;
  throw new CommandFailure(`${config.dataFolder} has no data. Choose the folder with --data.`);
}

/** The same for rows that have to be as this version knows them. Throws StartFault, too. */
export async function openCurrentReader(config: Config): Promise<Reader> {
  const reader = openReader(config);
  try {
    const missing = await orStartFault('The database cannot be read', reader.missingMigrations);
    if (missing.length > 0)
      throw new CommandFailure(
        'The database is of an older version. Bring it up to date: tender migrate',
      );
    return reader;
  } catch (error) {
    await reader.close();
    throw error;
  }
}
