import { worthOf } from '../../sdk/wallet/amounts.js';
import { WalletError } from '../../sdk/wallet/errors.js';
import type { PaymentOffer } from '../../sdk/wallet/offers.js';
import { element } from '../frames/elements.js';
import { type App, type Screen, wordsOf } from './app.js';
import { button, lines, notice, paragraph } from './dom.js';
import { faucetButton } from './faucet.js';
import { shortAddress, shownAmount, shownKin, shownPart, shownShare } from './money.js';
import { resultScreen, type WayBack } from './result-screen.js';
import { screenOf } from './shell.js';
import { siteName, siteNode } from './site.js';
import { type Swipe, swipe } from './swipe.js';

/** After these there is nothing to slide for any more. */
const OVER: ReadonlySet<string> = new Set(['over', 'paid']);

/** What a request asks for, line by line, and the slider that pays it. */
export function paymentScreen(app: App, offer: PaymentOffer, back: WayBack): Screen {
  const { amount, currency, quarks, site } = offer;
  const shown = shownAmount(amount, currency);
  const trouble = element('div', { class: 'trouble', role: 'alert' });
  const foot = element('div', { class: 'foot' });
  const refuse = button(
    'Decline',
    async () => {
      await app.wallet.reject(offer);
      app.show(declined(app, offer, back));
    },
    'quiet',
  );
  let isOver = false;
  const slide = swipe(`pay ${shown}`, () => void confirm(), app.say);

  async function confirm(): Promise<void> {
    refuse.disabled = true;
    trouble.replaceChildren();
    try {
      await app.wallet.pay(offer);
      void app.refresh();
      app.show(paid(app, offer, back));
    } catch (error) {
      isOver = error instanceof WalletError && OVER.has(error.code);
      refuse.disabled = false;
      refuse.hidden = isOver;
      slide.reset();
      trouble.replaceChildren(...troubleOf(error));
      render();
    }
  }

  const render = (): void => {
    if (isOver) foot.replaceChildren(button('Scan another code', () => app.go('/scan'), 'main'));
    else footOf(app, offer, foot, slide);
  };
  render();
  const end = app.onNews(render);
  return screenOf(
    app,
    'Pay',
    [
      siteNode(site),
      element(
        'div',
        { class: 'ask' },
        paragraph(shown, 'amount'),
        currency === 'kin' ? null : paragraph(shownKin(quarks), 'soft'),
      ),
      billOf(offer),
      trouble,
    ],
    { look: 'payment', back: '/', actions: [foot, refuse], leave: end },
  );
}

/** The slider, or what is missing before there can be one. */
function footOf(app: App, { quarks, rate, currency }: PaymentOffer, foot: Element, slide: Swipe) {
  const held = app.news?.quarks ?? null;
  if (held === null || held >= quarks) {
    if (slide.node.parentElement !== foot) foot.replaceChildren(slide.node);
    return;
  }
  const has = currency === 'kin' ? shownKin(held) : shownAmount(worthOf(held, rate), currency);
  foot.replaceChildren(
    notice(`You have ${has}, which is not enough for this.`, 'attention'),
    ...(app.mode === 'sandbox' ? [faucetButton(app)] : []),
  );
}

/** Who gets what. Fees are a part of the amount, not on top of it. */
function billOf({ amount, currency, quarks, rate, destination, fees }: PaymentOffer): Element {
  const shown = (part: bigint): string =>
    currency === 'kin' ? shownKin(part) : shownPart(worthOf(part, rate), currency);
  const net = fees.reduce((rest, fee) => rest - fee.quarks, quarks);
  const address = (text: string): HTMLElement =>
    element('code', { title: text }, shortAddress(text));
  const to = (what: string, whom: string): HTMLElement =>
    element('span', {}, `${what} `, address(whom));
  return lines([
    [to('To', destination), shown(net)],
    ...fees.map(
      (fee) =>
        [
          to(`Fee of ${shownShare(fee.basisPoints)} to`, fee.destination),
          shown(fee.quarks),
        ] as const,
    ),
    ['Network fee', 'None'],
    ['You pay', shownAmount(amount, currency), 'total'],
  ]);
}

function troubleOf(error: unknown): Node[] {
  const unclear = error instanceof WalletError && error.code === 'unreachable';
  return [
    notice(wordsOf(error), 'failure'),
    ...(unclear
      ? [paragraph('Sliding again is safe: a request is never paid twice.', 'soft')]
      : []),
  ];
}

function paid(app: App, { amount, currency, site }: PaymentOffer, back: WayBack): Screen {
  return resultScreen(app, {
    title: 'Paid',
    amount: shownAmount(amount, currency),
    text: `To ${siteName(site)}`,
    back: back.success,
    look: 'done',
  });
}

function declined(app: App, { site }: PaymentOffer, back: WayBack): Screen {
  return resultScreen(app, {
    title: 'Declined',
    text: `Nothing was paid to ${siteName(site)}, which has been told.`,
    back: back.cancel,
    look: 'off',
  });
}
