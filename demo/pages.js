/** The shop's pages as HTML. What comes from elsewhere is escaped. */
import { PRODUCTS } from './products.js';

/** @typedef {import('./server.js').Order} Order */

const money = new Intl.NumberFormat('en-GB', { style: 'currency', currency: 'GBP' });

/** @param {number} pence */
const price = (pence) => money.format(pence / 100);

/** @param {string} text */
function escaped(text) {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** @param {string} title @param {string} main @param {string} [head] */
function shell(title, main, head = '') {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · Sixpence</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/shop.css">
${head}</head>
<body>
<header><a class="name" href="/">Sixpence</a>
<p>A demo shop. Nothing is sold, no money moves.</p></header>
<main>${main}</main>
</body>
</html>
`;
}

/** What is for sale, with how many of each. */
export function shopPage() {
  const items = PRODUCTS.map(
    ({ id, name, price: pence, text, drawing }, index) => `<li>
<svg viewBox="0 0 96 96" aria-hidden="true">${drawing}</svg>
<h2>${name}</h2><p>${text}</p>
<div class="row"><strong>${price(pence)}</strong>
<label>Quantity <select name="${id}">${quantities(index === 0 ? 1 : 0)}</select></label></div>
</li>`,
  );
  return shell(
    'Three useful things',
    `<h1>Three useful things</h1>
<form method="post" action="/orders"><ul class="products">${items.join('')}</ul>
<button>Go to checkout</button></form>`,
  );
}

/** @param {number} chosen */
function quantities(chosen) {
  return [0, 1, 2, 3, 4, 5]
    .map((n) => `<option${n === chosen ? ' selected' : ''}>${n}</option>`)
    .join('');
}

/** @param {Order} order */
function summary({ lines, amount }) {
  const rows = lines.map(({ product, quantity }) => {
    const found = PRODUCTS.find(({ id }) => id === product);
    const sum = price((found?.price ?? 0) * quantity);
    return `<tr><td>${quantity} × ${found?.name ?? ''}</td><td>${sum}</td></tr>`;
  });
  return `<table><caption>Your order</caption><tbody>${rows.join('')}</tbody>
<tfoot><tr><th scope="row">Total</th><td>${price(amount)}</td></tr></tfoot></table>`;
}

/** Cards that show what can happen, for whoever tries the shop out. */
const TEST_CARDS = [
  ['4242 4242 4242 4242', 'is accepted'],
  ['4000 0027 6000 3184', 'asks its bank (3-D Secure)'],
  ['4000 0000 0000 9995', 'is declined: insufficient funds'],
];

/**
 * The form. The scripts and the frames with the card's fields and the button come from the payment
 * provider.
 * @param {Order} order @param {import('./server.js').Shop} shop
 */
export function checkoutPage(order, { settings: { api, publishableKey }, till }) {
  const cards = TEST_CARDS.map(([number, what]) => `<li><code>${number}</code> ${what}</li>`);
  // Without a till nobody can be paid by a wallet.
  const wallet =
    till === ''
      ? ''
      : `<div id="wallet" data-api="${escaped(api)}" data-amount="${order.amount / 100}"
 data-destination="${escaped(till)}"><p class="or">or</p></div>`;
  return shell(
    'Checkout',
    `<h1>Checkout</h1>
<div class="columns"><section aria-label="Order">${summary(order)}
<details><summary>Cards to try</summary><ul>${cards.join('')}</ul>
<p>Any expiry date to come and any security code will do.</p></details></section>
<form id="checkout" data-order="${order.id}" data-client-secret="${escaped(order.clientSecret)}"
 data-publishable-key="${escaped(publishableKey)}">
<label for="email">E-mail for the receipt</label>
<input id="email" type="email" name="email" autocomplete="email" required>
<div id="payment"></div>
<p id="problem" role="alert" hidden></p>
<button id="pay" disabled>Pay ${price(order.amount)}</button>
<noscript><p>Paying needs JavaScript, since the card's number must not pass through this shop.</p>
</noscript>
${wallet}<p class="or">or</p>
<button form="hosted" class="second">Pay with the hosted checkout</button></form></div>
<form id="hosted" method="post" action="/orders/${order.id}/hosted"></form>`,
    `<script src="${escaped(api)}/v3/"></script>
<script type="module" src="/checkout.js"></script>
${till === '' ? '' : '<script type="module" src="/wallet.js"></script>\n'}`,
  );
}

/** @type {Record<string, [title: string, text: string]>} */
const STATES = {
  open: ['Not paid yet', 'Nothing was charged. Your order is kept.'],
  processing: ['Your bank is at work', 'Some payments take a while. This page follows by itself.'],
  paid: ['Thank you', 'Your payment has arrived. A receipt would be on its way by now.'],
  refunded: ['Refunded', 'The money is on its way back to you.'],
};

/** @param {Order} order */
export function orderPage(order) {
  const [title, text] = STATES[order.state] ?? ['', ''];
  const checkout = `/orders/${order.id}/checkout`;
  const pay = `<p><a class="button" href="${checkout}">Go back to checkout</a></p>`;
  return shell(
    title,
    `<h1>${title}</h1><p data-state="${order.state}">${text}</p>
${summary(order)}<p class="quiet">Order <code>${order.id}</code>, payment
<code>${escaped(order.intent)}</code></p>${order.state === 'open' ? pay : ''}
<p><a href="/">Back to the shop</a></p>`,
    order.state === 'processing' ? '<script type="module" src="/order.js"></script>\n' : '',
  );
}

/** @param {string} title @param {string} text */
export function messagePage(title, text) {
  return shell(title, `<h1>${title}</h1><p>${text}</p><p><a href="/">Back to the shop</a></p>`);
}
