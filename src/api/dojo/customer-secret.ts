import type { View } from './request.js';
import { type Session, sessionEnd } from './session-token.js';

/** A secret that shows, for half an hour, that its customer is there. */
export function issueCustomerSecret(
  { tokens, nowMs, livemode }: View,
  account: string,
  customer: string,
): { secret: string; expiresAt: number } {
  const expiresAt = sessionEnd(nowMs);
  const token = tokens.issue({ account, subject: customer, tries: 0, expiresAt });
  return { secret: `cs_${livemode ? '' : 'sandbox_'}${token}`, expiresAt };
}

/** Whose secret it is, with or without its prefix; null where it is nobody's, or over. */
export function readCustomerSecret(
  { tokens, nowMs }: Pick<View, 'tokens' | 'nowMs'>,
  secret: string,
): Session | null {
  const session = tokens.read(secret.replace(/^cs_(sandbox_)?/, ''));
  if (session === null || session.expiresAt * 1000 <= nowMs) return null;
  return session.subject.startsWith('cus_') ? session : null;
}
