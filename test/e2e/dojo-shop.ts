import type { FrameLocator } from 'playwright-core';
import type { Outcome, Shop, ShopPage } from './shop.js';

/** A payment intent, as far as tests look at it. */
export type DojoIntent = Outcome;

/** Calls the Dojo dialect as the shop's server. */
export async function dojoCall(
  { tenderUrl }: Shop,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<DojoIntent> {
  const reply = await fetch(`${tenderUrl}${path}`, {
    method,
    headers: {
      authorization: 'Basic sk_sandbox_shop',
      'content-type': 'application/json',
      version: '2025-09-10',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
  return reply.json() as Promise<DojoIntent>;
}

/** An intent with a token that a page can pay it with. */
export function newDojoIntent(shop: Shop, fields: object = {}): Promise<DojoIntent> {
  return dojoCall(shop, 'POST', '/payment-intents', {
    amount: { value: 1000, currencyCode: 'GBP' },
    reference: 'Order 234',
    generateRemoteToken: true,
    ...fields,
  });
}

/** The intent as it is now. */
export function dojoIntent(shop: Shop, { id }: DojoIntent): Promise<DojoIntent> {
  return dojoCall(shop, 'GET', `/payment-intents/${id}`);
}

/** A page with Dojo's script: `script` runs in it with `token`, and gives its results to `done`. */
export function openDojoPage(
  shop: Shop,
  token: string,
  script: string,
  style = '',
  src = '/payments/v1/client.js',
): Promise<ShopPage> {
  return shop.openHtml(`<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Shop</title><style>body { margin: 16px; font: 16px system-ui; } ${style}</style>
<script src="${shop.tenderUrl}${src}"></script>
<body><main><h1>Shop</h1><div id="demo-payment"></div><p id="errors" role="alert"></p>
<button id="pay">Pay</button></main>
<script>
window.results = [];
window.told = { errors: [], blurs: [], valid: [], complete: 0, submits: 0 };
window.done = (result) => window.results.push(result);
const token = ${JSON.stringify(token)};
${script}
</script></body></html>`);
}

/** A card form with callbacks that tell all they hear; `more` lies over its configuration. */
export function cardScript(more = '{}', name = 'Dojo.Payment'): string {
  return `
const config = Object.assign({
  paymentDetails: { paymentToken: token },
  containerId: 'demo-payment',
  onIframeLoaded: () => done({ ready: true }),
  onIframeLoadFailed: () => done({ failed: true }),
  callbacks: {
    onFormComplete: () => { told.complete += 1; },
    onFormFieldValid: (field) => told.valid.push(field),
  },
}, ${more});
window.config = config;
const card = new ${name}(config,
  (errors) => {
    told.errors.push(errors);
    document.querySelector('#errors').textContent = errors.map((e) => e.message).join(' ');
  },
  () => { told.submits += 1; },
  (isValid) => told.blurs.push(isValid),
);
window.card = card;
window.pay = (info) => card.executePayment(info).then(done,
  (error) => done({ rejected: error.message, statusCode: error.statusCode, errors: error.errors }));
document.querySelector('#pay').addEventListener('click', () => pay());
`;
}

/** The fields of the form. */
export function dojoFields(page: ShopPage): FrameLocator {
  return page.fields('#demo-payment');
}

/** Types a card into the form. */
export async function typeDojoCard(
  page: ShopPage,
  number: string,
  expiry = '12 / 40',
): Promise<void> {
  const fields = dojoFields(page);
  await fields.locator('[name=cardNumber]').fill(number);
  await fields.locator('[name=cardName]').fill('Ada Example');
  await fields.locator('[name=expiryDate]').fill(expiry);
  await fields.locator('[name=cv2]').fill('123');
}

/** What the page's callbacks were told. */
export function toldOf({ page }: ShopPage): Promise<Outcome> {
  return page.evaluate('window.told') as Promise<Outcome>;
}
