/**
 * The kinds of Dojo's ids, with the prefixes that they have in the core and on the wire. What
 * follows the prefix is the same in both: ids of ours are base62, which is within Dojo's alphabet.
 */
const PREFIXES = {
  intent: ['pi_', 'pi_'],
  setup: ['seti_', 'si_'],
  customer: ['cus_', 'cust_'],
  method: ['pm_', 'pm_'],
  attempt: ['ch_', 'tx_'],
  /** A capture is known by its transfer. */
  capture: ['txn_', 'cp_'],
  refund: ['re_', 'rfnd_'],
  reversal: ['re_', 'rvs_'],
  subscription: ['we_', 'ws_'],
  terminal: ['term_', 'tm_'],
  terminal_session: ['tse_', 'ts_'],
  account: ['acct_', 'acc_'],
} as const;

/** What an id can be of. */
export type IdKind = keyof typeof PREFIXES;

/** Kinds whose ids name the environment: `pi_sandbox_…`, in production `pi_…`. */
const NAMES_SANDBOX: ReadonlySet<IdKind> = new Set([
  'intent',
  'setup',
  'customer',
  'method',
  'subscription',
  'terminal',
  'terminal_session',
]);

function wirePrefix(kind: IdKind, livemode: boolean): string {
  return PREFIXES[kind][1] + (NAMES_SANDBOX.has(kind) && !livemode ? 'sandbox_' : '');
}

/** An id of the core as Dojo's clients know it. */
export function wireId(kind: IdKind, id: string, livemode: boolean): string {
  return wirePrefix(kind, livemode) + id.slice(PREFIXES[kind][0].length);
}

/** The core's id for one of the wire; null where it cannot be one of that kind. */
export function coreId(kind: IdKind, text: string, livemode: boolean): string | null {
  const prefix = wirePrefix(kind, livemode);
  const own = text.slice(prefix.length);
  if (!text.startsWith(prefix) || !/^[0-9A-Za-z-]{10,64}$/.test(own)) return null;
  return PREFIXES[kind][0] + own;
}
