import type { CodeOffer } from '../../src/api/checkout/schema.js';
import { drawRound } from '../code-frames/round-code.js';
import { element } from '../frames/elements.js';
import { drawQr } from '../ui/qr.js';
import type { Speech } from './texts.js';

/** The code that a wallet scans, as a square and as a round one, and the wallet on this device. */
export function drawCode({ payload, walletUrl }: CodeOffer, { texts }: Speech): HTMLElement {
  const bytes = Uint8Array.from(atob(payload), (each) => each.charCodeAt(0));
  const round = drawRound(bytes);
  round.setAttribute('aria-label', texts.roundCode);
  const codes = [
    { name: texts.qrCode, svg: drawQr(walletUrl, texts.qrCode) },
    { name: texts.roundCode, svg: round },
  ];
  const stand = element('div', { class: 'code' });
  const choice = element('fieldset', { class: 'options' });
  choice.append(element('legend', { class: 'unseen' }, texts.scan));
  for (const [index, { name, svg }] of codes.entries()) {
    const input = element('input', { type: 'radio', name: 'code-kind' });
    input.checked = index === 0;
    input.addEventListener('change', () => stand.replaceChildren(svg));
    if (index === 0) stand.append(svg);
    choice.append(element('label', { class: 'option' }, input, element('span', {}, name)));
  }
  // A tab of its own: this page is where the customer comes back to.
  const tab = { target: '_blank', rel: 'noopener', class: 'button is-plain' };
  return element(
    'div',
    { class: 'scan' },
    // Takes the focus of the button that it comes in place of.
    element('p', { tabindex: '-1' }, element('strong', {}, texts.scan), texts.scanWait),
    stand,
    choice,
    element('a', { href: walletUrl, ...tab }, texts.openWallet),
  );
}
