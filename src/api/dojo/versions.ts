/** Versions of the wire, oldest first. A date in between means the one before it. */
export const VERSIONS = ['2022-04-07', '2024-02-05', '2025-09-10'] as const;
export type Version = (typeof VERSIONS)[number];

/** What is spoken where nobody says a version. */
export const NEWEST: Version = '2025-09-10';

/** The version that a `version` header asks for; null where it is no date. */
export function versionOf(asked: string): Version | null {
  const date = /^\d{4}-\d{2}-\d{2}$/.test(asked) ? asked : null;
  if (date === null || Number.isNaN(Date.parse(date))) return null;
  return VERSIONS.findLast((version) => version <= date) ?? VERSIONS[0];
}

/** Whether what came with a version is there. */
export function since(version: Version, first: Version): boolean {
  return version >= first;
}
