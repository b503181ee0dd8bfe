import type { Config } from './config.js';
import { type DataFolder, openDataFolder } from './data-folder.js';
import { openPostgres } from './storage/postgres.js';
import { hostUrls } from './storage/postgres-hosts.js';
import { openSqlite } from './storage/sqlite.js';
import type { Store } from './storage/store.js';
import { orStartFault } from './system-fault.js';

/** Storage, with what it stands on. */
export interface Storage {
  readonly store: Store;
  /** null where the database is a server. */
  readonly folder: DataFolder | null;
  /** In words; no password. */
  readonly place: string;
  close(): Promise<void>;
}

/**
 * Opens the configured storage, with its migrations. `what` is the command, as others are told who
 * find the folder taken; `died` is told where a thread of the open database ends by itself. Throws
 * StartFault.
 */
export async function openStorage(
  config: Config,
  what: string,
  died: (error: Error) => void = () => {},
): Promise<Storage> {
  const { database, limits, dataFolder } = config;
  if (database !== null) {
    const store = await orStartFault('The database cannot be opened', () =>
      openPostgres({
        ...database,
        connections_max: limits.storage.postgres_connections_max,
        statement_timeout_ms: limits.storage.postgres_statement_timeout_ms,
      }),
    );
    return { store, folder: null, place: withoutPassword(database.url), close: store.close };
  }
  const folder = openDataFolder(dataFolder, config.mode, what);
  try {
    const { databaseFile: file, path } = folder;
    const store = await orStartFault(`The database ${file} cannot be opened`, () =>
      openSqlite({ file, cache_kibibytes: limits.storage.sqlite_cache_kibibytes, died }),
    );
    const close = async (): Promise<void> => {
      await store.close();
      folder.release();
    };
    return { store, folder, place: path, close };
  } catch (error) {
    folder.release();
    throw error;
  }
}

function withoutPassword(url: string): string {
  const urls = hostUrls(url).map((one) => (URL.canParse(one) ? new URL(one) : null));
  const [first] = urls;
  if (first == null) return 'PostgreSQL';
  const hosts = urls.map((one) => one?.host).join(',');
  return `${first.protocol}//${hosts}${first.pathname}`;
}
