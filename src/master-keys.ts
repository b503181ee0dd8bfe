import type { Config } from './config.js';
import { deriveKeys, type Keys } from './engine/keys.js';
import { StartFault } from './start-fault.js';

/**
 * The installation's keys: of its master key, in hexadecimal, and of those that it had before.
 * Throws StartFault where one of them comes twice.
 */
export function keysUnder(masterKey: string, { previousKeys }: Pick<Config, 'previousKeys'>): Keys {
  const all = [masterKey, ...previousKeys];
  if (new Set(all).size < all.length)
    throw new StartFault('TENDER_PREVIOUS_KEYS has a key twice, or the one that is used now.');
  const bytesOf = (key: string): Buffer => Buffer.from(key, 'hex');
  return deriveKeys(bytesOf(masterKey), previousKeys.map(bytesOf));
}
