import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import Database from 'libsql';
import { CommandFailure, configuration } from './failure.js';

/** What the copy says of itself; the database that it is a copy of has no such table. */
export const BACKUP_TABLE = 'backup';

/** Where a backup's key lies, when it was asked for. */
export function keyFileOf(file: string): string {
  return `${file}.key`;
}

/**
 * `tender backup`: copies the database of a data folder as it is at one moment, whether a server
 * works on it or not. The copy has its name only once all of it is on disk. Throws CommandFailure.
 */
export function backup(file: string, options: { data?: string; withKey?: boolean }): void {
  const { database, dataFolder, mode } = configuration(options);
  if (database !== null) throw new CommandFailure(POSTGRES_BACKUP);
  const source = join(dataFolder, 'tender.db');
  if (!existsSync(source))
    throw new CommandFailure(`${dataFolder} has no data. Choose the folder with --data.`);
  const key = join(dataFolder, 'key');
  if (options.withKey === true && !existsSync(key))
    throw new CommandFailure(`${dataFolder} has no file key: it was used with TENDER_KEY.`);
  for (const name of [file, ...(options.withKey === true ? [keyFileOf(file)] : [])])
    if (existsSync(name))
      throw new CommandFailure(`${name} is there already. Choose another file.`);
  const modeFile = join(dataFolder, 'mode');
  const found = existsSync(modeFile) ? readFileSync(modeFile, 'utf8').trim() : mode;
  copyDatabase(source, file, found);
  if (options.withKey === true) copyFileSync(key, keyFileOf(file));
  process.stdout.write(
    `The database is saved: ${file}\n` +
      (options.withKey === true
        ? `Its key is beside it: ${basename(keyFileOf(file))}. Who has both can read all of it.\n`
        : 'The key is not in it: keep the file key, or TENDER_KEY, in another place.\n') +
      `Next: tender restore ${file} --data <an empty folder>\n`,
  );
}

const POSTGRES_BACKUP =
  'PostgreSQL is saved by its own means: pg_dump --format=custom --file=tender.dump ' +
  '"$DATABASE_URL", and pg_restore --dbname=… tender.dump into an empty ' +
  'database; then tender verify.';

/** Copies by `VACUUM INTO`, which reads one moment and blocks no writer. */
function copyDatabase(source: string, file: string, mode: string): void {
  const partial = `${file}.${process.pid}.partial`;
  try {
    const database = new Database(source);
    try {
      database.pragma('busy_timeout = 5000');
      database.prepare('VACUUM INTO ?').run([partial]);
    } finally {
      database.close();
    }
    const copy = new Database(partial);
    try {
      copy.exec(`CREATE TABLE ${BACKUP_TABLE} (mode text NOT NULL, at_ms bigint NOT NULL)`);
      copy.prepare(`INSERT INTO ${BACKUP_TABLE} VALUES (?, ?)`).run([mode, Date.now()]);
    } finally {
      copy.close();
    }
    const handle = openSync(partial, 'r+');
    fsyncSync(handle);
    closeSync(handle);
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    throw new CommandFailure(`${file} cannot be written: ${(error as Error).message}.`);
  }
}
