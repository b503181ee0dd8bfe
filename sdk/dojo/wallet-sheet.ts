import { makeModal } from '../browser/modal.js';
import type { WalletTexts } from './wallet-texts.js';

/** What a wallet knows of its holder. This one is made up: Ada Example, of nowhere. */
export const HOLDER = {
  email: 'ada@example.com',
  contact: {
    name: 'Ada Example',
    address1: '1 Test Street',
    locality: 'London',
    postalCode: 'SW1A 1AA',
    countryCode: 'GB',
  },
} as const;

/** What the shop wants to know beside the payment. */
export interface Shared {
  readonly email: boolean;
  readonly billing: boolean;
  readonly shipping: boolean;
}

const STYLE = `
dialog { box-sizing: border-box; width: min(360px, 100vw - 16px); padding: 20px;
  border: 1px solid color-mix(in srgb, var(--ink) 18%, transparent); border-radius: 8px;
  background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif;
  box-shadow: 0 8px 32px rgb(0 0 0 / .25); color-scheme: light dark;
  --ink: #14201b; --paper: #fbfaf6; --soft: #4a5650; --accent: #1f7a55; --attention: #8a5200; }
dialog::backdrop { background: rgb(10 16 13 / .55); }
h2 { font-size: 20px; line-height: 1.3; font-weight: 600; margin: 0 0 8px; }
p { margin: 0 0 16px; padding: 8px 12px; border: 1px dashed var(--attention); border-radius: 6px;
  color: var(--attention); font-size: 14px; }
dl { margin: 0 0 16px; }
dt { font-size: 14px; color: var(--soft); }
dd { margin: 0 0 8px; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
div { display: grid; gap: 8px; }
button { min-height: 44px; padding: 8px 16px; border-radius: 6px; font: inherit; cursor: pointer;
  border: 1px solid color-mix(in srgb, var(--ink) 60%, transparent); background: none;
  color: inherit; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--paper); }
button:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
@media (prefers-color-scheme: dark) { dialog { --ink: #e8ece9; --paper: #101513;
  --soft: #a9b3ae; --accent: #4cc38a; --attention: #e0a03c; } }
`;

function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  text: string,
  className = '',
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  element.textContent = text;
  element.className = className;
  return element;
}

function rowsOf(texts: WalletTexts, { email, billing, shipping }: Shared): HTMLElement {
  const { name, address1, locality, postalCode } = HOLDER.contact;
  const address = `${name}, ${address1}, ${locality} ${postalCode}`;
  const rows: readonly (readonly [boolean, string, string])[] = [
    [true, texts.card, 'Visa •••• 4242'],
    [email, texts.email, HOLDER.email],
    [billing, texts.billing, address],
    [shipping, texts.shipping, address],
  ];
  const list = document.createElement('dl');
  for (const [isShown, label, value] of rows)
    if (isShown) list.append(make('dt', label), make('dd', value));
  return list;
}

/** Shows the wallet as a dialog over the page; resolves to whether its holder pays. */
export function showWallet(texts: WalletTexts, language: string, shared: Shared): Promise<boolean> {
  const title = make('h2', texts.title);
  title.id = 'title';
  const pay = make('button', texts.pay, 'main');
  const cancel = make('button', texts.cancel);
  for (const button of [pay, cancel]) button.type = 'button';
  const buttons = document.createElement('div');
  buttons.append(pay, cancel);
  return new Promise((resolve) => {
    const end = (pays: boolean): void => {
      modal.close();
      resolve(pays);
    };
    const modal = makeModal(STYLE, language, () => end(false));
    modal.dialog.append(title, make('p', texts.notice), rowsOf(texts, shared), buttons);
    pay.addEventListener('click', () => end(true));
    cancel.addEventListener('click', () => end(false));
    modal.open(pay);
  });
}
