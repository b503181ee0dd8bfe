import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Part } from './part.js';
import { fillWithPayments } from './payments.js';

/** The goal for a million payments. */
const SECONDS_MAX = 60;

/** `tender verify`, as built, over a database of payments. */
export const VERIFY_PART: Part = {
  name: 'verify',
  run: async ({ folder, rows, say }) => {
    const data = join(folder, 'verify');
    mkdirSync(data, { recursive: true });
    await fillWithPayments(data, rows, say);
    const tender = join(import.meta.dirname, '../../bin/tender.js');
    const startMs = performance.now();
    // Ends with an error when there is a fault.
    const report = execFileSync(process.execPath, [tender, 'verify', '--data', data], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const seconds = (performance.now() - startMs) / 1000;
    say(report);
    return [
      '`npx tender verify` on SQLite, the start of the process included, by one thread for each',
      'of up to four processors. The payments were copied from ten that were paid through the',
      'API: captured at once, captured later in part, held, refunded, declined; each with a',
      `customer and metadata. The goal is ${SECONDS_MAX} s.`,
      '',
      `Of ${rows.toLocaleString('en-US')} payments: ${seconds.toFixed(1)} s, no fault found.`,
    ];
  },
};
