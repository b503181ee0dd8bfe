import { sqliteAuditStore } from './sqlite.js';
import { type ConnectionSettings, openConnection } from './sqlite-connection.js';
import type { AuditStore } from './store.js';

/** A database as it is at one moment, read by a connection of this thread, which it blocks. */
export interface SqliteSnapshot {
  readonly store: AuditStore;
  /** The moment is now, until it is closed; before, each read sees what is committed by then. */
  begin(): void;
  close(): void;
}

/** Opens a database for reading, beside others who write to it. */
export function openSqliteSnapshot(settings: Omit<ConnectionSettings, 'readOnly'>): SqliteSnapshot {
  const { database, read } = openConnection({ ...settings, readOnly: true });
  return {
    store: sqliteAuditStore({ read: async (steps) => read(steps) }),
    begin: () => {
      database.exec('BEGIN');
      // A transaction sees the moment of its first read.
      read([{ sql: 'SELECT count(*) FROM migrations', width: 0, values: [] }]);
    },
    close: () => {
      // The driver keeps a connection, and its moment, for as long as statements of it are around.
      if (database.inTransaction) database.exec('ROLLBACK');
      database.close();
    },
  };
}

/**
 * Keeps everybody from writing while `body` runs, so that snapshots that begin in it are of the
 * same moment. Writers wait for it, up to their timeout of some seconds; it waits for the one that
 * is at it as long.
 */
export async function withoutWrites(file: string, body: () => Promise<void>): Promise<void> {
  const { database } = openConnection({ file, readOnly: false, cacheKibibytes: 64 });
  try {
    database.exec('BEGIN IMMEDIATE');
    await body();
  } finally {
    if (database.inTransaction) database.exec('ROLLBACK');
    database.close();
  }
}
