import { INSTALLATION, type TipUser } from '../domain/rendezvous.js';
import { type Command, done } from './command.js';

/** What fits into a scannable code, and has no point in it, which ends the name there. */
const USERNAME = /^[A-Za-z0-9_]{1,15}$/;

/** Whether a user can have this name; of others, nothing is ever looked for. */
export function isTipUsername(username: string): boolean {
  return USERNAME.test(username);
}

/** The id of a user by platform and user name, which do not tell upper from lower case. */
export function tipUserId(platform: string, username: string): string {
  return `${platform}/${username}`.toLowerCase();
}

/** Sets where tips for a user go, base58, and the name that wallets show. */
export function putTipUser(id: string, { address, name }: Pick<TipUser, 'address' | 'name'>) {
  const command: Command<TipUser> = {
    account: INSTALLATION,
    needs: (need) => void need('tip_users', id),
    decide: (work) => {
      const stored = work.get('tip_users', id);
      if (stored !== null) return done(work.update('tip_users', { ...stored, address, name }));
      const created = work.wallNow();
      return done(work.insert('tip_users', { account: INSTALLATION, id, address, name, created }));
    },
  };
  return command;
}

/** Forgets a user; null where there was none. */
export function removeTipUser(id: string): Command<TipUser | null> {
  return {
    account: INSTALLATION,
    needs: (need) => void need('tip_users', id),
    decide: (work) => {
      const stored = work.get('tip_users', id);
      if (stored !== null) work.remove('tip_users', stored);
      return done(stored);
    },
  };
}
