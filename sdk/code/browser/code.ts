/**
 * The script for shops' pages, `/v1/code.js`: an ES module, as the original is.
 *
 *   import code from 'https://pay.example.com/v1/code.js';
 *   const { button } = code.elements.create('button', { amount: 0.05, currency: 'usd', … });
 *   button.mount('#button-container');
 */
import { type CodeElement, makeButton, makePage } from './element.js';
import type { ElementOptions } from './element-options.js';

/** Whoever served the script is who is paid through. */
const ORIGIN = new URL(import.meta.url).origin;

/** What can be put into a page. Options are checked: OptionsError says what is wrong with them. */
export const elements = {
  create(type: 'button' | 'page' | 'card', options: ElementOptions): Created {
    if (type === 'button') return { button: makeButton(ORIGIN, options) };
    if (type === 'page') return { page: makePage(ORIGIN, options) };
    if (type === 'card') throw new Error('Card elements are not yet supported.');
    throw new Error(`Unknown element type: ${String(type)}`);
  },
};

interface Created {
  readonly button?: CodeElement;
  readonly page?: CodeElement;
}

// The shape of the original, which pages import by its default.
export default { elements };
