import { fromBase58 } from '../../src/wire/code/base58.js';
import { KEY_BYTES } from '../../src/wire/code/payload.js';
import { element } from '../frames/elements.js';
import { amountFields } from './amount-fields.js';
import type { App, Screen } from './app.js';
import { button, field } from './dom.js';
import { shortAddress } from './money.js';
import { reviewScreen } from './review-screen.js';
import { screenOf } from './shell.js';

/** Sends to an address. @param address one that is entered already */
export function sendScreen(app: App, address = ''): Screen {
  const input = element('input', {
    class: 'input is-code',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    value: address,
  });
  const to = field('Address', input);
  const fields = amountFields(app);
  const goOn = (): void => {
    const entered = input.value.trim();
    const isAddress = fromBase58(entered, KEY_BYTES) !== null;
    to.fault(isAddress ? null : 'That is no address: it has 32 to 44 letters and digits.');
    if (!isAddress) return;
    if (entered === app.wallet.address) {
      to.fault('That is your own address.');
      return;
    }
    const amount = fields.read();
    if (amount === null) return;
    app.show(
      reviewScreen(app, {
        ...amount,
        title: 'Send',
        whom: shortAddress(entered),
        address: entered,
        pay: () => app.wallet.send(entered, amount.amount, amount.currency),
        again: () => app.show(sendScreen(app, entered)),
      }),
    );
  };
  return screenOf(app, 'Send', [to.node, fields.node], {
    actions: [
      button('Go on', goOn, 'main'),
      button('Scan an address', () => app.go('/scan'), 'quiet'),
    ],
  });
}
