import type { Place } from './app.js';
import { auditPlace, operatorLogPlace } from './audit.js';
import { customersPlace } from './customers.js';
import { disputesPlace } from './disputes.js';
import { deliveriesPlace, endpointsPlace } from './endpoints.js';
import { intentPlace } from './intent.js';
import { intentsPlace } from './intents.js';
import { keysPlace } from './keys-place.js';
import { ledgerPlace, statementPlace } from './ledger.js';
import { operatorsPlace } from './operators.js';
import { overviewPlace } from './overview.js';
import { settingsPlace } from './settings.js';
import { walletsPlace } from './wallets.js';

/** A place of the dashboard, by its path; `:` stands for one part, which the place is given. */
const PLACES: readonly (readonly [path: string, place: Place])[] = [
  ['/', overviewPlace],
  ['/intents', intentsPlace],
  ['/intents/:', intentPlace],
  ['/customers', customersPlace],
  ['/disputes', disputesPlace],
  ['/endpoints', endpointsPlace],
  ['/endpoints/:', deliveriesPlace],
  ['/wallets', walletsPlace],
  ['/keys', keysPlace],
  ['/ledger', ledgerPlace],
  ['/ledger/:', statementPlace],
  ['/audit', auditPlace],
  ['/operators', operatorsPlace],
  ['/operators/log', operatorLogPlace],
  ['/settings', settingsPlace],
];

/** The places that are always in reach: their path, name, and the key that follows `g`. */
export const MENU = [
  ['/', 'Overview', 'o'],
  ['/intents', 'Intents', 'i'],
  ['/customers', 'Customers', 'c'],
  ['/disputes', 'Disputes', 'd'],
  ['/endpoints', 'Webhooks', 'w'],
  ['/wallets', 'Wallets', 'm'],
  ['/ledger', 'Ledger', 'l'],
  ['/keys', 'Keys', 'k'],
  ['/operators', 'Operators', 'p'],
  ['/settings', 'Settings', 's'],
] as const;

/** Who draws a path, and what it names; null where nothing is. */
export function placeAt(
  path: string,
): { readonly place: Place; readonly params: readonly string[] } | null {
  const parts = path.split('/').filter((part) => part !== '');
  for (const [pattern, place] of PLACES) {
    const wanted = pattern.split('/').filter((part) => part !== '');
    const isIt =
      wanted.length === parts.length &&
      wanted.every((each, at) => each === ':' || each === parts[at]);
    if (!isIt) continue;
    const named = parts.filter((_, at) => wanted[at] === ':');
    return { place, params: named.map(decoded) };
  }
  return null;
}

/** A part of a path as it was meant; one that is no encoding is what it is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
