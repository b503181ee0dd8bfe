/** What the wire shows where there is no moment: the first of .NET's calendar. */
export const NEVER = '0001-01-01T00:00:00Z';

/** Unix seconds as ISO 8601 in UTC, to the second. */
export function wireTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
