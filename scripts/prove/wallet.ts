import { intentKeys } from '../../sdk/code/keys.js';
import { atStage, type CodeShop, openCodeShop, PAYMENT } from '../../test/e2e/code-shop.js';
import type { Part } from './part.js';
import { percentilesOf } from './times.js';

const PAYMENTS = 300;
/** All of them together are less than a wallet is given to try with. */
const PRICE = { ...PAYMENT, amount: 0.05 };
/** From a wallet's confirm to the shop's event, milliseconds. */
const GOAL_MS = 50;

/** The moment of a page's event, on the clock that Node's own moments are on. */
const LISTEN = `window.element.on('success', () => {
  window.paidAtMs = performance.timeOrigin + performance.now();
  return true;
});`;

/** Pays one request; answers the time from the wallet's confirm to the page's `success`. */
async function payOnce(shop: CodeShop): Promise<number> {
  // The code is known beforehand: reading it from pixels would leave garbage to be collected while
  // the payment is timed.
  const { clientSecret, payload } = await intentKeys(PRICE);
  const opened = await shop.open('own', {
    options: { ...PRICE, clientSecret },
    staysHere: true,
  });
  try {
    await opened.page.evaluate(LISTEN);
    await opened.button.getByRole('button', { name: 'Pay with Code' }).click();
    await atStage(opened, 'waiting');
    const offer = await shop.wallet.read(payload);
    if (offer.kind !== 'payment') throw new Error(`read a ${offer.kind}`);
    const confirmedMs = performance.timeOrigin + performance.now();
    await shop.wallet.pay(offer);
    await opened.heard('success');
    return Number(await opened.page.evaluate('window.paidAtMs')) - confirmedMs;
  } finally {
    await opened.page.close();
  }
}

/** How soon a shop's page knows of a payment that a wallet has confirmed. */
export const WALLET_PART: Part = {
  name: 'a wallet pays',
  run: async ({ say }) => {
    const shop = await openCodeShop();
    const times: number[] = [];
    try {
      // The first ones compile what the others only run.
      for (let i = 0; i < 5; i += 1) await payOnce(shop);
      for (let i = 0; i < PAYMENTS; i += 1) {
        times.push(await payOnce(shop));
        if ((i + 1) % 50 === 0) say(`  ${i + 1} of ${PAYMENTS}`);
      }
    } finally {
      await shop.close();
    }
    const percentile = percentilesOf(times);
    const at = (share: number): string => percentile(share).toFixed(1);
    return [
      "Chromium without a screen and the wallet's library, on the server's machine: from the",
      "wallet's confirm (rates, signature, a new connection, the commit) to the `success` event in",
      `the shop's page. The goal is ${GOAL_MS} ms.`,
      '',
      '| wallet payments | p50 ms | p99 ms | slowest ms |',
      '| ---: | ---: | ---: | ---: |',
      `| ${times.length} | ${at(0.5)} | ${at(0.99)} | ${at(1)} |`,
    ];
  },
};
