import type { CheckoutState } from '../../src/api/checkout/schema.js';
import type { Calls } from './calls.js';
import type { Speech } from './texts.js';

/** What every view is made with. */
export interface App {
  readonly speech: Speech;
  readonly calls: Calls;
  /** What the server said last. */
  state(): CheckoutState;
  /** Shows a newer state. */
  take(state: CheckoutState): void;
  /** Draws the order as it will be, before the server has said so. */
  preview(state: CheckoutState): void;
  /** From now on what happens elsewhere is shown here: a wallet or a rail pays. */
  watch(): void;
  /** Tells those who cannot see it. */
  say(text: string): void;
  /** Goes to another page; what is no address of the web is left alone. */
  go(url: string): void;
}

/** What is drawn beside the order. */
export interface View {
  readonly root: HTMLElement;
  /** Takes the focus when it comes in place of another. */
  readonly heading: HTMLElement | null;
  /** Draws what has changed, and keeps what was typed. Absent: the view is made anew. */
  readonly update?: (state: CheckoutState) => void;
  readonly leave?: () => void;
}

/** An address that a link may have; null where it is none of the web, such as a script. */
export function webAddress(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null;
  return /^https?:$/.test(new URL(url).protocol) ? url : null;
}
