import { element } from '../frames/elements.js';
import { drawMark } from '../ui/drawing.js';
import { drawQr } from '../ui/qr.js';
import type { FrameAddress } from './address.js';
import { drawRound } from './round-code.js';
import type { Stage } from './session.js';
import { headingOf, stageText } from './texts.js';

/** Where a wallet is opened from here. */
interface Links {
  /** Tender's web wallet, with the whole request. */
  readonly wallet: string;
  /** The same by the payload alone, short enough for a QR code. */
  readonly scan: string;
  /** Code's own app. */
  readonly app: string;
}

interface ViewActions {
  readonly close: () => void;
  readonly retry: () => void;
  /** The person goes on to a link: true where the page around opens it. */
  readonly navigate: (url: string) => boolean;
}

/** A request as a person sees it. */
export interface RequestView {
  readonly root: HTMLElement;
  show(stage: Stage): void;
  /** Whether what happens would be heard of. */
  live(isLive: boolean): void;
  /** The code, once it is known. */
  code(payload: Uint8Array, links: Links): void;
}

const LOST = 'No connection. Trying again.';

/** Builds the card of a request. */
export function makeRequestView(address: FrameAddress, actions: ViewActions): RequestView {
  const { mode, part, device, options } = address;
  const heading = headingOf(mode, options);
  const place = element('div', { class: 'place' });
  const links = element('div', { class: 'links' });
  const shape = element('span', { class: 'shape', 'aria-hidden': 'true' });
  const word = element('strong');
  const hint = element('span', { class: 'hint' });
  const retry = element('button', { type: 'button', class: 'quiet' }, 'Try again');
  retry.addEventListener('click', actions.retry);
  const card = element(
    'section',
    {
      class: 'card',
      role: part === 'modal' ? 'dialog' : 'region',
      'aria-labelledby': 'what',
      tabindex: '-1',
    },
    element(
      'header',
      {},
      drawMark(),
      element('span', {}, 'Code'),
      ...closeButton(part, actions.close),
    ),
    element('h1', { id: 'what' }, `${heading.what} `, element('span', {}, heading.subject)),
    ...(heading.detail === null ? [] : [element('p', { class: 'to' }, heading.detail)]),
    place,
    element('p', { class: 'stage', role: 'status' }, shape, word, hint),
    retry,
    links,
  );
  if (part === 'modal') card.setAttribute('aria-modal', 'true');
  const root = element('div', { class: `root ${part} ${device}` }, card);
  let shown: Stage = { name: 'opening' };
  let isLive = true;

  const refresh = (): void => {
    const { name } = shown;
    const text = stageText(shown, mode, device);
    const isOpen = name === 'waiting' || name === 'scanned';
    card.dataset.stage = name;
    card.toggleAttribute('data-lost', isOpen && !isLive);
    shape.textContent = isOpen && !isLive ? '◌' : text.shape;
    word.textContent = text.word;
    hint.textContent = isOpen && !isLive ? LOST : text.hint;
    retry.hidden = name !== 'rejected' && name !== 'refused';
    links.hidden = name === 'submitted' || name === 'refused';
    place.inert = !isOpen;
  };
  refresh();
  return {
    root,
    show: (stage) => {
      shown = stage;
      refresh();
    },
    live: (now) => {
      isLive = now;
      refresh();
    },
    code: (payload, to) => {
      place.replaceChildren(codes(payload, to.scan, device));
      links.replaceChildren(...walletLinks(to, device, actions));
    },
  };
}

function closeButton(part: FrameAddress['part'], close: () => void): HTMLElement[] {
  if (part !== 'modal') return [];
  const button = element('button', { type: 'button', class: 'close', 'aria-label': 'Close' }, '✕');
  button.addEventListener('click', close);
  return [button];
}

/** Both codes, one at a time. On a phone they are for another device, and so folded away. */
function codes(payload: Uint8Array, link: string, device: FrameAddress['device']): HTMLElement {
  const both = [
    { name: 'QR code', svg: drawQr(link, 'QR code') },
    { name: 'Round code', svg: drawRound(payload) },
  ];
  const stand = element('div', { class: 'code' });
  const choice = element('fieldset', { class: 'choice' }, element('legend', {}, 'Kind of code'));
  for (const [index, { name, svg }] of both.entries()) {
    const input = element('input', { type: 'radio', name: 'code' });
    input.checked = index === 0;
    input.addEventListener('change', () => stand.replaceChildren(svg));
    if (index === 0) stand.append(svg);
    choice.append(element('label', {}, input, element('span', {}, name)));
  }
  const all = element('div', { class: 'codes' }, stand, choice);
  if (device === 'desktop') return all;
  return element('details', {}, element('summary', {}, 'Scan with another device'), all);
}

function walletLinks(
  { wallet, app }: Links,
  device: FrameAddress['device'],
  actions: ViewActions,
): HTMLElement[] {
  // A tab of its own: this page is where the person comes back to.
  const tab = { target: '_blank', rel: 'noopener' };
  if (device === 'desktop')
    return [
      element(
        'p',
        {},
        'No phone at hand? ',
        element('a', { ...tab, href: wallet }, 'Open the web wallet'),
      ),
    ];
  const inApp = element('a', { href: app }, 'Open the Code app');
  inApp.addEventListener('click', (event) => {
    if (actions.navigate(app)) event.preventDefault();
  });
  return [
    element('a', { ...tab, href: wallet, class: 'button' }, 'Open wallet'),
    element('p', {}, inApp),
  ];
}
