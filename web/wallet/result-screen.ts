import { element } from '../frames/elements.js';
import type { App, Screen } from './app.js';
import { button, icon, paragraph } from './dom.js';
import { screenOf } from './shell.js';

/** Where a shop wants the person to go after an offer was taken, or turned down. */
export interface WayBack {
  readonly success: string | null;
  readonly cancel: string | null;
}

/** A link back to a shop, with its host in words. */
export function wayLink(url: string): HTMLAnchorElement {
  const { host } = new URL(url);
  return element('a', { class: 'button is-main', href: url, rel: 'noreferrer' }, `Back to ${host}`);
}

/** Time to read what has happened, before the shop's page takes over. */
const BACK_AFTER_MS = 1_800;

/** What an offer has come to. The shop's page follows by itself, if it asked for that. */
export function resultScreen(
  app: App,
  result: {
    readonly title: string;
    readonly amount?: string;
    readonly text: string;
    readonly back: string | null;
    readonly look: 'done' | 'off';
  },
): Screen {
  const { title, amount, text, back, look } = result;
  // Loaded again, this would be the offer once more: it is over.
  history.replaceState(null, '', '/#/');
  const timer = back === null ? undefined : setTimeout(() => location.assign(back), BACK_AFTER_MS);
  const sign = element('div', { class: 'sign' }, look === 'done' ? icon('check') : '✕');
  sign.setAttribute('aria-hidden', 'true');
  app.say(`${title}. ${amount ?? ''} ${text}`);
  return screenOf(
    app,
    title,
    [sign, amount === undefined ? null : paragraph(amount, 'amount'), paragraph(text, 'soft')],
    {
      back: null,
      look: `result-${look}`,
      actions: [
        back === null ? null : wayLink(back),
        button('Done', () => app.go('/'), back === null ? 'main' : 'plain'),
      ],
      leave: () => clearTimeout(timer),
    },
  );
}
