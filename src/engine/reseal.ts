import type { RowTypes } from '../storage/schema.js';
import { type Command, done } from './command.js';
import type { Keys } from './keys.js';

/** Tables whose rows hold sealed texts, and by which of the two keys each is sealed. */
export const SEALED_TABLES = {
  methods: 'card',
  tokens: 'card',
  subscriptions: 'secret',
  accounts: 'secret',
  idempotency: 'secret',
} as const;

/** A table with sealed texts. */
export type SealedTable = keyof typeof SEALED_TABLES;

type Sealer = Pick<Keys, 'seal' | 'open' | 'sealSecret' | 'openSecret' | 'isCurrent'>;

/** Members of rows that hold sealed texts, wherever in the row. */
const SEALED_NAMES: ReadonlySet<string> = new Set(['sealed', 'secret', 'body']);
/** As engine/keys.ts writes them. */
const SEALED_TEXT = /^v1\.[0-9a-f]{8}\.[\w-]+$/;

function isOld(keys: Sealer, name: string, value: unknown): value is string {
  return (
    SEALED_NAMES.has(name) &&
    typeof value === 'string' &&
    SEALED_TEXT.test(value) &&
    !keys.isCurrent(value)
  );
}

/** A copy of a value with the old texts replaced; the same by the same, as rows compare them. */
function copied(keys: Sealer, value: unknown, renewed: (sealed: string) => string): unknown {
  if (Array.isArray(value)) return value.map((one) => copied(keys, one, renewed));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, held]) => [
    name,
    isOld(keys, name, held) ? renewed(held) : copied(keys, held, renewed),
  ]);
  return Object.fromEntries(entries);
}

/** How many texts of a row are sealed with a key of before. */
export function oldSeals(keys: Sealer, row: object): number {
  let count = 0;
  copied(keys, row, (sealed) => {
    count += 1;
    return sealed;
  });
  return count;
}

/**
 * Seals what a row holds with the current key; answers how many texts that were. Rows that have
 * gone meanwhile have none. The caller is told by a throw of a text that no given key opens, and
 * nothing of that row is changed.
 */
export function resealRow<T extends SealedTable>(
  keys: Sealer,
  table: T,
  { account, id }: Pick<RowTypes[T], 'account' | 'id'>,
): Command<number> {
  const isCard = SEALED_TABLES[table] === 'card';
  return {
    account,
    needs: (need) => void need(table, id),
    decide: (work) => {
      const row = work.get(table, id);
      if (row === null) return done(0);
      const known = new Map<string, string>();
      const next = copied(keys, row, (sealed) => {
        const before = known.get(sealed);
        if (before !== undefined) return before;
        const made = isCard
          ? keys.seal(keys.open(sealed, id), id)
          : keys.sealSecret(keys.openSecret(sealed, id), id);
        known.set(sealed, made);
        return made;
      });
      if (known.size > 0) work.update(table, next as RowTypes[T]);
      return done(known.size);
    },
  };
}
