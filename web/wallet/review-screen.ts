import type { Receipt } from '../../sdk/wallet/offers.js';
import { element } from '../frames/elements.js';
import { type App, type Screen, wordsOf } from './app.js';
import { button, lines, notice, paragraph } from './dom.js';
import { shortAddress, shownAmount } from './money.js';
import { resultScreen } from './result-screen.js';
import { screenOf } from './shell.js';
import { swipe } from './swipe.js';

/** A payment that the person has put together, before it is made. */
export interface Review {
  readonly title: string;
  readonly whom: string;
  /** Base58. */
  readonly address: string;
  readonly amount: number;
  readonly currency: string;
  pay(): Promise<Receipt>;
  /** Back to where it was entered. */
  again(): void;
}

/** Shows once more what will happen; the slider makes it happen. */
export function reviewScreen(app: App, review: Review): Screen {
  const { title, whom, address, amount, currency } = review;
  const shown = shownAmount(amount, currency);
  const trouble = element('div', { class: 'trouble', role: 'alert' });
  const slide = swipe(`send ${shown}`, () => void confirm(), app.say);

  async function confirm(): Promise<void> {
    trouble.replaceChildren();
    try {
      await review.pay();
      void app.refresh();
      app.show(resultScreen(app, { title: 'Sent', amount: shown, text: `To ${whom}`, ...DONE }));
    } catch (error) {
      slide.reset();
      trouble.replaceChildren(notice(wordsOf(error), 'failure'));
    }
  }

  const to = element('code', { title: address }, shortAddress(address));
  return screenOf(
    app,
    title,
    [
      element('div', { class: 'ask' }, paragraph(shown, 'amount'), paragraph(`To ${whom}`, 'soft')),
      lines([
        ['Address', to],
        ['Network fee', 'None'],
        ['You pay', shown, 'total'],
      ]),
      trouble,
    ],
    { look: 'payment', actions: [slide.node, button('Change', review.again, 'quiet')] },
  );
}

const DONE = { back: null, look: 'done' } as const;
