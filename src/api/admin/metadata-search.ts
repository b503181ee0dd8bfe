import { metadataLabel } from '../../domain/label.js';
import type { Search } from '../../engine/search.js';

interface ByMetadata {
  readonly ways: Search<'intents' | 'customers'>['ways'];
  fits(row: { readonly metadata: Readonly<Record<string, string>> }): boolean;
}

/** What `key:value` asks for: rows with that metadata. null where it is typed otherwise. */
export function byMetadata(typed: string): ByMetadata | null {
  const [, key, after] = /^([^:\s]{1,40}):(.+)$/.exec(typed) ?? [];
  if (key === undefined || after === undefined) return null;
  const value = after.trim().toLowerCase();
  return {
    ways: [[{ label: { name: metadataLabel(key), value } }]],
    fits: ({ metadata }) => Object.hasOwn(metadata, key) && metadata[key]?.toLowerCase() === value,
  };
}
