import { INSTALLATION, type RendezvousRequest, type Wallet } from '../domain/rendezvous.js';
import { type Command, done } from './command.js';
import { type MessageInput, putMessage } from './rendezvous.js';
import { putWallet } from './wallets.js';
import { dueWebhook } from './webhook-due.js';

/** How a login ends, by the protocol's names. */
export type LoginEnd =
  | 'ok'
  | 'request_not_found'
  | 'payment_required'
  | 'login_not_supported'
  | 'different_login_exists'
  | 'invalid_account';

/**
 * Logs a user in by a request that asks for nothing else: `user` is the key, base58, by which the
 * request's domain knows its owner, and the caller has a signature by it. A key that is new becomes
 * the domain's. `message` tells those who listen at the rendezvous; the webhook is made due. The
 * same login again changes nothing.
 */
export function logIn(id: string, user: string, message: MessageInput): Command<LoginEnd> {
  return {
    account: INSTALLATION,
    needs: (need) => {
      need('requests', id);
      need('wallets', user);
    },
    decide: (work) => {
      const request = work.get('requests', id);
      if (request === null) return done('request_not_found');
      const { domain, verifier, login } = request;
      if (domain === null || verifier === null) return done('login_not_supported');
      if (request.terms !== null) return done('payment_required');
      // To ask who has logged in, a domain signs the very bytes of a login by its own key.
      if (user === verifier) return done('invalid_account');
      const wallet = work.get('wallets', user);
      const isNew = wallet === null || (wallet.kind === 'destination' && wallet.owner === null);
      if (!isNew && (wallet.kind !== 'relationship' || wallet.domain !== domain))
        return done('invalid_account');
      if (login !== null) return done(login.user === user ? 'ok' : 'different_login_exists');
      // Who owns it is not said by a login: the owner may establish the relationship later.
      if (isNew) putWallet(work, user, { kind: 'relationship', domain });
      const loggedIn = work.update('requests', { ...request, login: { user, at: work.wallNow() } });
      dueWebhook(work, loggedIn, 'submitted');
      putMessage(work, id, message);
      return done('ok');
    },
  };
}

/**
 * Who logged in, as a request's domain knows them, base58: by a login itself, or by a payment whose
 * payer the domain knows; `payers` are all wallets of who has paid. Only a domain that has proven
 * to be one is told.
 */
export function userOf(
  { login, domain, verifier }: RendezvousRequest,
  payers: readonly Wallet[],
): string | null {
  if (login !== null) return login.user;
  if (verifier === null) return null;
  const known = payers.find((one) => one.kind === 'relationship' && one.domain === domain);
  return known?.id ?? null;
}
