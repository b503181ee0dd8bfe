import { nearest } from './nearest.js';

/** All that Tender reads from its environment by names of its own. */
export const VARIABLES = [
  'TENDER_HOST',
  'TENDER_PUBLIC_URL',
  'TENDER_DATA',
  'TENDER_KEY',
  'TENDER_PREVIOUS_KEYS',
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
      const near = nearest(name, VARIABLES, 'TENDER_');
      const meant = near === null ? '.' : `; did you mean ${near}?`;
      return `${name} means nothing to Tender${meant}`;
    });
}
