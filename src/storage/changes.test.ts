import { describe, expect, test } from 'vitest';
import type { Posting } from '../domain/ledger.js';
import type { Job } from '../domain/subscription.js';
import { groupChanges, sumPostings } from './changes.js';
import type { Change } from './store.js';

function job(id: string): Job {
  return {
    account: 'a',
    id,
    dueAt: 1,
    clockId: 'wall',
    kind: 'recover_attempt',
    subject: 's',
    tries: 0,
  };
}

describe('changes', () => {
  test('are grouped by table and kind, in the order of their first', () => {
    const change = (kind: Change['kind'], id: string): Change => {
      return { table: 'jobs', kind, row: job(id) };
    };
    const groups = groupChanges([
      change('insert', '1'),
      change('delete', '2'),
      change('update', '3'),
      change('insert', '4'),
    ]);
    const detail = '{"kind":"recover_attempt","subject":"s","tries":0}';
    expect(groups).toEqual([
      {
        table: 'jobs',
        kind: 'insert',
        rows: [
          ['a', '1', 1, 'wall', detail],
          ['a', '4', 1, 'wall', detail],
        ],
      },
      { table: 'jobs', kind: 'delete', rows: [['a', '2']] },
      { table: 'jobs', kind: 'update', rows: [['a', '3', 1, 'wall', detail]] },
    ]);
    expect(groupChanges([])).toEqual([]);
  });
});

describe('postings', () => {
  const posting = (fields: Partial<Posting>): Posting => {
    return {
      account: 'a',
      ledgerAccount: 'm',
      currency: 'usd',
      posted: 0n,
      pending: 0n,
      ...fields,
    };
  };

  test('of one ledger account and currency become one', () => {
    const given = [
      posting({ posted: 5n }),
      posting({ currency: 'eur', posted: 1n }),
      posting({ posted: -2n, pending: 7n }),
      posting({ ledgerAccount: 'fees', pending: 1n }),
      posting({ account: 'b', posted: 9n }),
    ];
    const before = structuredClone(given);
    expect(sumPostings(given)).toEqual([
      posting({ posted: 3n, pending: 7n }),
      posting({ currency: 'eur', posted: 1n }),
      posting({ ledgerAccount: 'fees', pending: 1n }),
      posting({ account: 'b', posted: 9n }),
    ]);
    expect(given).toEqual(before);
  });

  test('that cancel out are nothing', () => {
    expect(sumPostings([posting({ posted: 5n }), posting({ posted: -5n })])).toEqual([]);
  });
});
