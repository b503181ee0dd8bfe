import { timingSafeEqual } from 'node:crypto';

/**
 * Compares secrets, or what is kept of them, in a time that tells nothing about them but their
 * length. Every comparison of one goes through here, which test/tidy/secrets.test.ts holds.
 */
export function isSameSecret(given: string | Uint8Array, stored: string | Uint8Array): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(stored)];
  return a.length === b.length && timingSafeEqual(a, b);
}
