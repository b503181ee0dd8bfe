/**
 * Leads from what a stranger holds, a link or the id in it, to whose it is. It is the
 * installation's: whoever asks does not say whose account it is.
 */
export interface DirectoryEntry {
  account: string;
  /** What is in the link: the id in its dialect's form, or one made for the link. */
  id: string;
  merchant: string;
  kind: 'intent' | 'setup';
  /** The merchant's own id of it. */
  subject: string;
  /** Wall time, Unix seconds. */
  created: number;
}
