import type { LoginOffer } from '../../sdk/wallet/offers.js';
import { element } from '../frames/elements.js';
import { type App, type Screen, wordsOf } from './app.js';
import { button, notice, paragraph } from './dom.js';
import { resultScreen, type WayBack } from './result-screen.js';
import { screenOf } from './shell.js';
import { siteNode } from './site.js';

/** A site that wants to know the wallet again. */
export function loginScreen(app: App, offer: LoginOffer, back: WayBack): Screen {
  const { domain } = offer.site;
  const trouble = element('div', { class: 'trouble', role: 'alert' });
  const attempt = async (work: () => Promise<Screen>): Promise<void> => {
    trouble.replaceChildren();
    try {
      app.show(await work());
    } catch (error) {
      trouble.replaceChildren(notice(wordsOf(error), 'failure'));
    }
  };
  const accept = (): Promise<void> =>
    attempt(async () => {
      await app.wallet.login(offer);
      const text = `${domain} knows you again now.`;
      return resultScreen(app, { title: 'Logged in', text, back: back.success, look: 'done' });
    });
  const refuse = (): Promise<void> =>
    attempt(async () => {
      await app.wallet.reject(offer);
      const text = `${domain} has learned nothing about you.`;
      return resultScreen(app, { title: 'Declined', text, back: back.cancel, look: 'off' });
    });
  return screenOf(
    app,
    'Log in',
    [
      siteNode(offer.site),
      paragraph(
        `${domain} gets an id that is for it alone: the same each time, and of no use to anybody ` +
          'else. It learns neither your address nor your balance.',
      ),
      trouble,
    ],
    {
      look: 'payment',
      actions: [button('Log in', accept, 'main'), button('Decline', refuse, 'quiet')],
    },
  );
}
