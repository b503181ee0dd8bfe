import { type App, wordsOf } from './app.js';
import { button } from './dom.js';
import { shownQuarks } from './money.js';

/** Asks for test money, and says what came of it. */
export function faucetButton(app: App): HTMLButtonElement {
  const made = button(
    'Get test money',
    async () => {
      try {
        const quarks = await app.wallet.faucet();
        app.say(`${shownQuarks(quarks, app.currency, app.rates)} of test money has come.`);
        await app.refresh();
      } catch (error) {
        made.textContent = wordsOf(error);
        app.say(made.textContent);
      }
    },
    'main',
  );
  return made;
}
