import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { openDataFolder } from '../data-folder.js';
import { BACKUP_TABLE, keyFileOf } from './backup.js';
import { CommandFailure, configuration } from './failure.js';
import { verify } from './verify.js';

/**
 * `tender restore`: puts a backup into a folder without data, and verifies what it has then. An
 * earlier version's backup is brought up to date. Throws CommandFailure where it changed nothing.
 */
export async function restore(file: string, options: { data?: string }): Promise<void> {
  const { database, dataFolder, mode, masterKey } = configuration(options);
  if (database !== null)
    throw new CommandFailure('A backup goes into a data folder. Unset DATABASE_URL.');
  if (!existsSync(file)) throw new CommandFailure(`${file} is not there.`);
  // Before the folder becomes one of this mode.
  checkBackup(file, mode);
  const folder = openDataFolder(dataFolder, mode, 'tender restore');
  try {
    if (existsSync(folder.databaseFile))
      throw new CommandFailure(
        `${dataFolder} has data already. Choose an empty folder with --data.`,
      );
    const partial = `${folder.databaseFile}.partial`;
    try {
      copyFileSync(file, partial);
      unwrap(partial);
      const key = join(dataFolder, 'key');
      if (existsSync(keyFileOf(file)) && !existsSync(key)) copyFileSync(keyFileOf(file), key);
      renameSync(partial, folder.databaseFile);
      if (masterKey === null && !existsSync(key))
        process.stdout.write(`Put the file key of the saved folder into ${dataFolder}.\n`);
    } finally {
      rmSync(partial, { force: true });
    }
  } finally {
    folder.release();
  }
  await verify(options);
}

function checkBackup(file: string, mode: string): void {
  let found: unknown;
  try {
    const database = new Database(file);
    try {
      database.pragma('query_only = on');
      const faults = database.prepare('PRAGMA integrity_check').raw(true).all([]) as string[][];
      if (faults[0]?.[0] !== 'ok') throw new Error(String(faults[0]?.[0]));
      const modes = database.prepare(`SELECT mode FROM ${BACKUP_TABLE}`).raw(true).all([]);
      found = (modes as string[][])[0]?.[0];
    } finally {
      database.close();
    }
  } catch (error) {
    throw new CommandFailure(`${file} is no whole backup: ${(error as Error).message}.`);
  }
  if (found !== mode)
    throw new CommandFailure(`${file} holds ${found} data; TENDER_MODE is ${mode}.`);
}

/** Makes a copy of a backup the database that it was. */
function unwrap(partial: string): void {
  const database = new Database(partial);
  database.exec(`DROP TABLE ${BACKUP_TABLE}`);
  database.close();
}
