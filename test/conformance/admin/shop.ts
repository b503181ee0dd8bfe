import { newName, type TestTender } from '../../support/tender.js';

/** A merchant of a test's own: the client of his Stripe dialect, and his key. */
export function newShop(tender: TestTender) {
  const name = newName();
  return { client: tender.client(name), key: `sk_test_${name}` };
}

/** Pays 20.00 USD by card at once, or what `more` says. */
export function pay({ client }: Pick<ReturnType<typeof newShop>, 'client'>, more: object = {}) {
  return client.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
    ...more,
  });
}
