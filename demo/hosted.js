/**
 * Payments on the provider's own page, with nothing but `fetch`: the shop makes a Dojo payment
 * intent that says what is bought, sends the customer to the hosted checkout, and asks afterwards
 * how it went. Nothing of the payment is on a page of the shop.
 */

/** @typedef {{ name: string, quantity: number, pence: number }} Item */
/**
 * @typedef {'Created' | 'Authorized' | 'Captured' | 'Reversed' | 'Refunded' | 'Canceled'} Status
 */

const VERSION = '2025-09-10';
const CALL_MS_MAX = 5000;

/**
 * Makes the payment of an order. The same order again is answered with the same payment.
 * @param {{ api: string, secretKey: string }} settings
 * @param {{
 *   id: string, pence: number, currency: string, items: Item[], paidUrl: string, cancelUrl: string
 * }} order
 * @param {number} turn counts the payments of the order: a canceled one is followed by another
 * @returns {Promise<string>} the payment's id
 */
export async function createHostedPayment(settings, order, turn) {
  const money = (/** @type {number} */ value) => ({
    value,
    currencyCode: order.currency.toUpperCase(),
  });
  const body = {
    amount: money(order.pence),
    reference: order.id,
    description: `Order ${order.id}`,
    paymentMethods: ['Card', 'Wallet'],
    itemLines: order.items.map(({ name, quantity, pence }) => ({
      name,
      quantity,
      amountTotal: money(pence),
    })),
    config: {
      title: 'Sixpence',
      redirectUrl: order.paidUrl,
      cancelUrl: order.cancelUrl,
      details: { showTotal: true, showReference: false },
    },
    metadata: { order_id: order.id },
  };
  const path = '/payment-intents';
  const { id } = await call(settings, 'POST', path, body, `order-${order.id}-${turn}`);
  return id;
}

/** How a payment stands. @returns {Promise<Status>} */
export async function hostedPaymentStatus(
  /** @type {{ api: string, secretKey: string }} */ settings,
  /** @type {string} */ id,
) {
  return (await call(settings, 'GET', `/payment-intents/${id}?returnCanceled=true`)).status;
}

/** Ends a payment that is not made. @returns {Promise<void>} */
export async function cancelHostedPayment(
  /** @type {{ api: string, secretKey: string }} */ settings,
  /** @type {string} */ id,
) {
  await call(settings, 'DELETE', `/payment-intents/${id}`);
}

/**
 * @param {{ api: string, secretKey: string }} settings
 * @param {string} method @param {string} path @param {object} [body] @param {string} [once]
 * @returns {Promise<{ id: string, status: Status }>}
 */
async function call({ api, secretKey }, method, path, body, once) {
  const response = await fetch(`${api}${path}`, {
    method,
    headers: {
      // The key as it is: here, `Basic` is followed by no user and no base64.
      authorization: `Basic ${secretKey.replace(/^sk_test_/, 'sk_sandbox_')}`,
      version: VERSION,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(once === undefined ? {} : { idempotencyKey: once }),
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(CALL_MS_MAX),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}
