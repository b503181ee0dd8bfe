/** `viewer` reads, `operator` also moves money and answers disputes, `admin` all. */
export type OperatorRole = 'viewer' | 'operator' | 'admin';

/** What each role may do, as numbers that compare. */
export const ROLE_RANK: Readonly<Record<OperatorRole, number>> = {
  viewer: 0,
  operator: 1,
  admin: 2,
};

/** A link by which somebody chooses his password, once. */
interface OperatorInvitation {
  /** SHA-256 of the link's secret, hexadecimal. */
  digest: string;
  /** Wall time, Unix seconds. */
  expiresAt: number;
}

/** A person who signs in to the dashboard. He is the installation's. */
export interface Operator {
  account: string;
  id: string;
  /** Lower case. */
  email: string;
  /** Wall time, Unix seconds. */
  created: number;
  role: OperatorRole;
  /** The accounts that he may see; null: all of the installation. */
  merchants: string[] | null;
  /** `scrypt$N$r$p$salt$hash`, both base64url; null until he has chosen one. */
  password: string | null;
  /** null where no link waits for him. */
  invitation: OperatorInvitation | null;
}

/** A browser in which somebody has signed in. */
export interface OperatorSession {
  account: string;
  /** SHA-256 of the cookie, hexadecimal: whoever reads the database cannot sign in with it. */
  id: string;
  operator: string;
  /** Wall time, Unix seconds, as the other times here. */
  created: number;
  seenAt: number;
}

/** One thing that an operator did. */
export interface OperatorLogEntry {
  account: string;
  id: string;
  /** Whose data it was about. */
  merchant: string;
  /** Wall time, Unix seconds. */
  created: number;
  /** His e-mail address; `sandbox` where nobody signs in, or the kind of key that was used. */
  operator: string;
  action: string;
  /** The id of what it was done to. */
  subject: string;
  detail: Record<string, string>;
}

/** A session that nobody has used for so long is over, in seconds. */
const SESSION_IDLE_SECONDS = 2 * 3600;

/** However much it is used, a session is over after so long, in seconds: a working day. */
export const SESSION_SECONDS = 12 * 3600;

/** How long a link to choose a password works, in seconds. */
export const INVITATION_SECONDS = 24 * 3600;

/** Whether a session still stands at a wall time in Unix seconds. */
export function sessionStands(session: OperatorSession, now: number): boolean {
  return now - session.seenAt < SESSION_IDLE_SECONDS && now - session.created < SESSION_SECONDS;
}
