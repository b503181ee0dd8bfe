import { element } from '../frames/elements.js';
import { currencySelect } from './amount-fields.js';
import type { App, Screen } from './app.js';
import { ask, button, copyable, field, paragraph } from './dom.js';
import { faucetButton } from './faucet.js';
import { eraseKept, writeCurrency } from './keep.js';
import { showPhrase } from './phrase.js';
import { screenOf } from './shell.js';

/** What can be chosen, seen and removed. */
export function settingsScreen(app: App): Screen {
  const { address } = app.wallet;
  const currency = field('Currency', currencySelect(app, app.currency));
  currency.input.addEventListener('change', () => {
    app.currency = currency.input.value;
    writeCurrency(app.currency);
  });
  const part = (title: string, ...nodes: readonly Node[]): HTMLElement =>
    element('section', {}, element('h2', {}, title), ...nodes);
  return screenOf(app, 'Settings', [
    part('Amounts', currency.node),
    part('Your address', copyable(address, address, app.say)),
    ...(app.mode === 'sandbox' ? [part('Sandbox', faucetButton(app))] : []),
    part('Recovery phrase', ...phrasePart(app)),
    part('What this browser keeps', ...keptPart(app)),
    part(
      'Erase',
      button('Erase this wallet', () => erase(app), 'danger'),
    ),
  ]);
}

function phrasePart(app: App): Node[] {
  if (app.kept.phrase === null) {
    return [paragraph('Not kept here: it is where you wrote it down.')];
  }
  return [
    paragraph('Twelve words that bring this wallet back, on any device.'),
    button('Show the words', () => showPhrase(app)),
  ];
}

function keptPart({ kept }: App): Node[] {
  const words =
    kept.phrase === null
      ? 'Your 12 words are not among it.'
      : 'Your 12 words, too, as they are: whoever can use this browser’s profile can read them. ' +
        'They can be removed once they are written down.';
  return [
    paragraph('Keys that can sign and cannot be read, and the currency of your choice.', 'soft'),
    paragraph(words, 'soft'),
    paragraph('None of it is sent anywhere.', 'soft'),
  ];
}

async function erase(app: App): Promise<void> {
  const text =
    app.kept.phrase !== null && !app.kept.isWrittenDown
      ? 'The 12 words were never confirmed. Without them the money in this wallet is lost.'
      : 'Only the 12 words bring it back.';
  if (!(await ask('Erase this wallet?', text, 'Erase'))) return;
  await eraseKept();
  location.replace('/');
}
