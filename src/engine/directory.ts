import type { DirectoryEntry } from '../domain/directory.js';
import { INSTALLATION } from '../domain/rendezvous.js';
import type { Engine } from './engine.js';
import type { Work } from './work.js';

/** Lists something of the command's account under an id that strangers may hold. */
export function list(
  work: Work,
  entry: Pick<DirectoryEntry, 'id' | 'kind' | 'subject'>,
): DirectoryEntry {
  const { accountId: merchant } = work;
  const created = work.wallNow();
  return work.of(INSTALLATION).insert('directory', {
    account: INSTALLATION,
    merchant,
    created,
    ...entry,
  });
}

/** Whose it is, what stands under an id that a stranger holds; null where nothing does. */
export function lookUp(engine: Pick<Engine, 'read'>, id: string): Promise<DirectoryEntry | null> {
  return engine.read(
    INSTALLATION,
    (need) => void need('directory', id),
    (rows) => rows.get('directory', id),
  );
}
