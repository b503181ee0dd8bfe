import { masterKeyOf } from '../main.js';
import { openStorage } from '../open-storage.js';
import { configuration } from './failure.js';

/** `tender migrate`: brings the database up to date, making it where there is none. */
export async function migrate(options: { data?: string }): Promise<void> {
  const config = configuration(options);
  // A key that is lost is noticed before there is data that it should open.
  masterKeyOf(config);
  const storage = await openStorage(config, 'tender migrate');
  await storage.close();
  process.stdout.write(`The database is up to date: ${storage.place}\nNext: tender start\n`);
}
