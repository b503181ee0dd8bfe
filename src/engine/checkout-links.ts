import type { DirectoryEntry } from '../domain/directory.js';
import { isFailure } from '../domain/errors.js';
import { INSTALLATION } from '../domain/rendezvous.js';
import { type Command, done, refused } from './command.js';
import { list } from './directory.js';
import { findIntent, needIntent } from './intents.js';

/** 190 bits of chance: whoever has the link may pay, and nobody else is to find it. */
const LINK_CHARS = 32;

/**
 * Makes the link under which an intent's checkout is found, or finds the one that there is.
 * Errors: missing.
 */
export function checkoutLink(account: string, id: string): Command<DirectoryEntry> {
  return {
    account,
    needs: (need) => {
      needIntent(need, id);
      need.of(INSTALLATION).list('directory', 'subject', id);
    },
    decide: (work) => {
      const intent = findIntent(work, id);
      if (isFailure(intent)) return refused(intent);
      const [known] = work.of(INSTALLATION).list('directory', 'subject', id);
      if (known !== undefined) return done(known);
      const link = `link_${work.context.secret(LINK_CHARS)}`;
      return done(list(work, { id: link, kind: 'intent', subject: id }));
    },
  };
}
