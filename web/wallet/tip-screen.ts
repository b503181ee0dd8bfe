import type { TipOffer } from '../../sdk/wallet/offers.js';
import { element } from '../frames/elements.js';
import { amountFields } from './amount-fields.js';
import type { App, Screen } from './app.js';
import { button, paragraph } from './dom.js';
import { reviewScreen } from './review-screen.js';
import { screenOf } from './shell.js';

/** Somebody who can be tipped; how much is up to the person. */
export function tipScreen(app: App, { username, name, destination }: TipOffer): Screen {
  const fields = amountFields(app);
  const goOn = (): void => {
    const entered = fields.read();
    if (entered === null) return;
    app.show(
      reviewScreen(app, {
        ...entered,
        title: `Tip ${name}`,
        whom: name,
        address: destination,
        pay: () => app.wallet.tip(username, entered.amount, entered.currency),
        again: () => app.show(tipScreen(app, { kind: 'tip', username, name, destination })),
      }),
    );
  };
  const handle = name === username ? null : paragraph(`@${username}`, 'soft');
  const whom = element('div', { class: 'site' }, element('p', { class: 'domain' }, name), handle);
  return screenOf(app, 'Tip', [whom, fields.node], { actions: [button('Go on', goOn, 'main')] });
}
