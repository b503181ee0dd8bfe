import { openShop, type ShopPage } from '../../test/e2e/shop.js';
import type { Part } from './part.js';
import { timesRow } from './times.js';

const OPENINGS = 30;
/** What a customer is to wait at most for the first field, milliseconds. */
const GOAL_MS = 200;

/** Tells the time from `mount` to the event `ready`, and to a field that has taken the focus. */
const SCRIPT = `
const started = performance.now();
const card = stripe.elements().create('card');
let ready = 0;
card.on('ready', () => {
  ready = performance.now() - started;
  card.focus();
});
card.on('focus', () => done({ ready, focused: performance.now() - started }));
card.mount('#card');
`;

interface Times {
  readonly ready: number[];
  readonly focused: number[];
}

async function take(page: ShopPage, { ready, focused }: Times): Promise<void> {
  const result = await page.result();
  ready.push(result.ready);
  focused.push(result.focused);
}

/** How soon a card can be typed in: in a browser that was never here, and in one that was. */
export const BROWSER_PART: Part = {
  name: 'card fields in a browser',
  run: async ({ say }) => {
    const cold: Times = { ready: [], focused: [] };
    const warm: Times = { ready: [], focused: [] };
    const shop = await openShop();
    try {
      // The server's own first time, which compresses the files, is nobody's wait.
      await (await shop.open('<div id="card"></div>', SCRIPT)).page.close();
      for (let i = 0; i < OPENINGS; i += 1) {
        const page = await shop.open('<div id="card"></div>', SCRIPT);
        await take(page, cold);
        await page.page.goto(page.page.url());
        await take(page, warm);
        await page.page.context().close();
        say(`  ${i + 1} of ${OPENINGS}`);
      }
    } finally {
      await shop.close();
    }
    return [
      "Chromium without a screen, on the server's machine: from `elements.create('card').mount()`",
      `to the element's \`ready\` and to its first field having the focus.`,
      `The goal is ${GOAL_MS} ms.`,
      '',
      '| browser, until | openings | p50 ms | p99 ms |',
      '| --- | ---: | ---: | ---: |',
      timesRow('with an empty cache, ready', cold.ready),
      timesRow('with an empty cache, focused', cold.focused),
      timesRow('with a filled cache, ready', warm.ready),
      timesRow('with a filled cache, focused', warm.focused),
    ];
  },
};
