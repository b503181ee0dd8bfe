import type { Terminal } from './terminal.js';

const PROGRESS_INTERVAL_MS = 100;
const BAR_CHARACTERS = 24;

/** A line about how far something is. */
export interface Progress {
  /** How many rows there are to be read. */
  expect(rows: number): void;
  /** So many more were read. */
  add(rows: number): void;
  clear(): void;
}

/** A line that is written over, for a person who waits; nothing where nobody does. */
export function makeProgress(terminal: Terminal): Progress {
  const startMs = performance.now();
  let shownMs = startMs;
  let isShown = false;
  let expected = 0;
  let rows = 0;
  return {
    expect: (all) => {
      expected = all;
    },
    add: (more) => {
      rows += more;
      const nowMs = performance.now();
      if (terminal.isTTY !== true || nowMs - shownMs < PROGRESS_INTERVAL_MS) return;
      shownMs = nowMs;
      isShown = true;
      terminal.write(`\r\u001b[K${progressLine(rows, expected, (nowMs - startMs) / 1000)}`);
    },
    clear: () => {
      if (isShown) terminal.write('\r\u001b[K');
    },
  };
}

/**
 * A bar, how far it is, how fast, and how many seconds are left at that speed; without a bar where
 * nobody has said how many rows to expect.
 */
export function progressLine(rows: number, expected: number, seconds: number): string {
  const rate = Math.round(rows / seconds);
  const counted = `${rows.toLocaleString('en-US')} rows, ${rate.toLocaleString('en-US')} a second`;
  if (expected === 0) return counted;
  // Rows may come while it reads.
  const share = Math.min(1, rows / expected);
  const full = Math.round(share * BAR_CHARACTERS);
  const rest = share === 0 ? '' : `, ${Math.ceil((seconds * (1 - share)) / share)} s left`;
  const bar = '█'.repeat(full) + '░'.repeat(BAR_CHARACTERS - full);
  return `${bar} ${Math.floor(share * 100)} %  ${counted}${rest}`;
}
