import { timingSafeEqual } from 'node:crypto';

/** Compares secrets in a time that tells nothing about them. */
export function isSameSecret(given: string, stored: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(stored)];
  return a.length === b.length && timingSafeEqual(a, b);
}
