import { describe, expect, test } from 'vitest';
import {
  HISTORY_ENTRIES_MAX,
  type HistoryEntry,
  type HistoryKind,
  isFull,
  triesOf,
  withEntry,
} from './history.js';

const line = (kind: HistoryKind, at = 0): HistoryEntry => ({
  kind,
  at,
  subject: '',
  amount: '1',
  tip: null,
  card: null,
  holder: null,
  method: null,
  authorizationCode: null,
});
const lines = (kind: HistoryKind, count: number) => Array.from({ length: count }, () => line(kind));

describe('a history', () => {
  test('grows to its limit, and then forgets the oldest try', () => {
    const full = [
      line('authorized'),
      line('declined', 1),
      line('challenged', 2),
      ...lines('captured', HISTORY_ENTRIES_MAX - 3),
    ];
    const next = withEntry(full, line('refunded'));
    expect(next).toHaveLength(HISTORY_ENTRIES_MAX);
    expect(next.slice(0, 2)).toEqual([line('authorized'), line('challenged', 2)]);
    expect(next.at(-1)).toEqual(line('refunded'));
    expect(withEntry(full.slice(1), line('refunded'))).toHaveLength(HISTORY_ENTRIES_MAX);
  });

  test('never forgets where money went', () => {
    const full = lines('captured', HISTORY_ENTRIES_MAX);
    expect(withEntry(full, line('refund_failed'))).toHaveLength(HISTORY_ENTRIES_MAX + 1);
  });

  test('is full of what it cannot forget, and of nothing else', () => {
    const full = lines('refunded', HISTORY_ENTRIES_MAX);
    expect(isFull(full)).toBe(true);
    expect(isFull([...full.slice(1), line('declined')])).toBe(false);
  });

  test('counts tries whatever came of them', () => {
    expect(triesOf([line('challenged'), line('authorized'), line('declined')])).toBe(2);
  });
});
