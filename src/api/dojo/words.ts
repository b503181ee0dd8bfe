import type { DialectWords } from '../words.js';
import { wireId } from './ids.js';
import { intentStatus } from './status.js';

/** Dojo's words; its ids say whether they are of a sandbox. */
export function dojoWords(livemode: boolean): DialectWords {
  return { status: intentStatus, intentId: (id) => wireId('intent', id, livemode) };
}
