import type { IntentOptions } from '../options.js';

/** Where a page goes once a request came to its end. */
export interface ConfirmParams {
  readonly success?: { readonly url?: string };
  readonly cancel?: { readonly url?: string };
}

/** What an element is made from: the intent, and how it looks. */
export interface ElementOptions extends IntentOptions {
  /** A BCP 47 tag; how amounts are written. */
  readonly locale?: string;
  readonly appearance?: 'light' | 'dark';
  readonly confirmParams?: ConfirmParams;
}

/** What an element is called, by what it is for. */
export const LABELS = {
  payment: 'Pay with Code',
  login: 'Log in with Code',
  tip: 'Tip with Code',
} as const;

/**
 * Options as they stand in a frame's address, after `p=`: JSON in base64, percent-encoded. What is
 * not ASCII is escaped within the JSON, since older readers take the bytes for characters.
 */
export function packOptions(options: ElementOptions): string {
  const json = JSON.stringify(options).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return encodeURIComponent(btoa(json));
}

/** The options in such text; null where there are none. Nothing in them has been looked at. */
export function unpackOptions(packed: string): ElementOptions | null {
  try {
    const options: unknown = JSON.parse(atob(decodeURIComponent(packed)));
    const isObject = typeof options === 'object' && options !== null && !Array.isArray(options);
    return isObject ? (options as ElementOptions) : null;
  } catch {
    return null;
  }
}
