/** All that Tender reads from its environment by names of its own. */
const VARIABLES = [
  'TENDER_HOST',
  'TENDER_PUBLIC_URL',
  'TENDER_DATA',
  'TENDER_KEY',
  'TENDER_LOG',
  'TENDER_TLS_CERT',
  'TENDER_TLS_KEY',
  'TENDER_LAN',
  'TENDER_WALLET_PORT',
  'TENDER_WALLET_URL',
  'TENDER_TRUST_PROXY',
  'TENDER_API_KEYS',
  'TENDER_MODE',
  'TENDER_DATABASE_PROFILE',
  'TENDER_PRIVATE_WEBHOOKS',
  'TENDER_CODE_LIMITS',
  'TENDER_CODE_ERRORS',
  'TENDER_CODE_UNSIGNED',
  'TENDER_CODE_REQUEST_EXPIRES_HOURS',
  'TENDER_CODE_DOMAINS',
  'TENDER_SOLANA',
  'TENDER_SOLANA_MINT',
  'TENDER_SMTP_URL',
  'TENDER_MAIL_FROM',
  'TENDER_READY_FD',
  // Read by the commands for developers.
  'TENDER_SECRET_KEY',
];

/**
 * A line for each variable that means nothing: a misspelled one would be ignored in silence, which
 * with a key or a limit is dangerous.
 */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith('TENDER_') && !VARIABLES.includes(name))
    .filter((name) => !/^TENDER_(TEST|BUILD)_/.test(name))
    .sort()
    .map((name) => {
      const near = VARIABLES.map((known) => ({ known, edits: editDistance(name, known) }));
      near.sort((a, b) => a.edits - b.edits);
      const [nearest] = near;
      // Half of the name's own part misspelled is another word.
      const isNear = nearest !== undefined && nearest.edits <= (name.length - 7) / 2;
      const meant = isNear ? `; did you mean ${nearest.known}?` : '.';
      return `${name} means nothing to Tender${meant}`;
    });
}

/** Levenshtein's distance: insertions, deletions and replacements from one text to the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
