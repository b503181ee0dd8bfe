import { build } from '../build.js';
import { PRESSURE_PART } from './load-pressure.js';
import { STORED_PART } from './load-stored.js';
import { WEBHOOKS_PART } from './load-webhooks.js';
import type { Part } from './part.js';

/** What a server does under load; on a machine that does nothing else. */
export const LOAD_PARTS: readonly Part[] = [PRESSURE_PART, STORED_PART, WEBHOOKS_PART].map(
  (part) => ({
    name: part.name,
    run: async (options) => {
      // Not by the first server that is started: that one has a limited time.
      await build({ ifNeeded: true });
      return part.run(options);
    },
  }),
);
