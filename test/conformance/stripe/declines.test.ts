import { describe, expect, test } from 'vitest';
import { type Body, form, useRaw } from './raw-http.js';

const { raw, made } = useRaw();

const PAYMENT = form({ amount: 6000, currency: 'usd', 'payment_method_types[0]': 'card' });

describe('a declined payment', () => {
  const GENERIC = 'Your card was declined.';

  test.each([
    ['chargeDeclined', 'card_declined', 'generic_decline', GENERIC],
    [
      'visa_chargeDeclinedInsufficientFunds',
      'card_declined',
      'insufficient_funds',
      'Your card has insufficient funds.',
    ],
    ['visa_chargeDeclinedLostCard', 'card_declined', 'lost_card', GENERIC],
    ['visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card', GENERIC],
    ['chargeDeclinedExpiredCard', 'expired_card', null, 'Your card has expired.'],
    [
      'chargeDeclinedIncorrectCvc',
      'incorrect_cvc',
      null,
      "Your card's security code is incorrect.",
    ],
    [
      'chargeDeclinedProcessingError',
      'processing_error',
      null,
      'An error occurred while processing your card. Try again in a little bit.',
    ],
  ])('with pm_card_%s is 402', async (card, code, declineCode, message) => {
    const created = await made('/v1/payment_intents', PAYMENT);
    const { status, body, headers } = await raw(
      'POST',
      `/v1/payment_intents/${created.id}/confirm`,
      { form: `payment_method=pm_card_${card}` },
    );
    expect(status).toBe(402);
    expect(headers['stripe-should-retry']).toBe('false');
    const { error } = body;
    expect(error).toMatchObject({ type: 'card_error', code, message });
    expect(error.doc_url).toBe(`https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`);
    if (declineCode === null) expect(Object.values(error)).not.toContain(null);
    else expect(error.decline_code).toBe(declineCode);
    expect(error.charge).toMatch(/^ch_\w{24}$/);
    expect(error.payment_method.object).toBe('payment_method');
    const stored = (await raw('GET', `/v1/payment_intents/${created.id}`)).body;
    expect(error.payment_intent).toEqual(stored);
    expect(stored).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      latest_charge: error.charge,
    });
    expect(stored.last_payment_error).toMatchObject({ code, message, charge: error.charge });
  });

  test('for want of an authentication has no charge', async () => {
    const { status, body } = await raw('POST', '/v1/payment_intents', {
      form:
        `${PAYMENT}&payment_method=pm_card_authenticationRequired&confirm=true` +
        '&off_session=true',
    });
    expect(status).toBe(402);
    expect(body.error).toMatchObject({
      type: 'card_error',
      code: 'authentication_required',
      decline_code: 'authentication_required',
      message: 'Your card was declined. This transaction requires authentication.',
    });
    for (const absent of ['charge', 'advice_code', 'network_decline_code', 'param'])
      expect(body.error).not.toHaveProperty(absent);
    expect(body.error.payment_intent).toMatchObject({
      status: 'requires_payment_method',
      latest_charge: null,
    });
    expect(body.error.payment_method.card.checks.cvc_check).toBe('unchecked');
  });

  test('where an action was asked not to be', async () => {
    const { status, body } = await raw('POST', '/v1/payment_intents', {
      form:
        `${PAYMENT}&payment_method=pm_card_authenticationRequired&confirm=true` +
        '&error_on_requires_action=true',
    });
    expect(status).toBe(402);
    expect(body.error).toMatchObject({ type: 'card_error', code: 'authentication_required' });
    expect(body.error.message).toContain(
      'This payment required an authentication action to complete, but ' +
        '`error_on_requires_action` was set. ',
    );
  });

  test('on attaching has an empty param and no objects', async () => {
    const customer = await made('/v1/customers', '');
    const { status, body } = await raw(
      'POST',
      '/v1/payment_methods/pm_card_chargeDeclined/attach',
      { form: `customer=${customer.id}` },
    );
    expect(status).toBe(402);
    expect(body.error).toMatchObject({ code: 'card_declined', param: '', type: 'card_error' });
    for (const absent of ['charge', 'payment_intent', 'payment_method'])
      expect(body.error).not.toHaveProperty(absent);
  });

  test('a number that fails its check digit', async () => {
    const { status, body } = await raw('POST', '/v1/payment_methods', {
      form:
        'type=card&card[number]=4242424242424241&card[exp_month]=4&card[exp_year]=2040' +
        '&card[cvc]=123',
    });
    expect(status).toBe(402);
    expect(body.error).toEqual({
      code: 'incorrect_number',
      doc_url: 'https://stripe.com/docs/error-codes/incorrect-number',
      message: 'Your card number is incorrect.',
      param: 'number',
      type: 'card_error',
    });
  });
});

describe('a refund', () => {
  const paid = () =>
    made('/v1/payment_intents', `${PAYMENT}&payment_method=pm_card_visa&confirm=true`);

  async function refused(fields: string, error: Body): Promise<void> {
    const { status, body } = await raw('POST', '/v1/refunds', { form: fields });
    expect(status).toBe(400);
    const code = error.code as string | undefined;
    const doc_url = `https://stripe.com/docs/error-codes/${code?.replaceAll('_', '-')}`;
    const explained = code === undefined ? {} : { doc_url };
    expect(body).toEqual({ error: { type: 'invalid_request_error', ...explained, ...error } });
  }

  test('of what was never paid', async () => {
    const { id } = await made('/v1/payment_intents', PAYMENT);
    const message = `This PaymentIntent (${id}) does not have a successful charge to refund.`;
    await refused(`payment_intent=${id}`, { message });
  });

  test('of what is only held', async () => {
    const held = await made(
      '/v1/payment_intents',
      `${PAYMENT}&payment_method=pm_card_visa&confirm=true&capture_method=manual`,
    );
    await refused(`charge=${held.latest_charge}`, {
      message:
        `This uncaptured Charge was created by a PaymentIntent (${held.id}). You must cancel ` +
        'the PaymentIntent to reverse the authorization instead of refunding the Charge ' +
        'directly. For more information, see ' +
        'https://stripe.com/docs/payments/place-a-hold-on-a-payment-method',
    });
  });

  test('of more than is left, and of nothing that is left', async () => {
    const { id, latest_charge } = await paid();
    await made('/v1/refunds', `payment_intent=${id}&amount=2000`);
    await refused(`payment_intent=${id}&amount=6000`, {
      message: 'Refund amount ($60.00) is greater than unrefunded amount on charge ($40.00)',
      param: 'amount',
    });
    await made('/v1/refunds', `charge=${latest_charge}`);
    await refused(`charge=${latest_charge}`, {
      code: 'charge_already_refunded',
      message: `Charge ${latest_charge} has already been refunded.`,
    });
  });

  test('of a charge of another payment', async () => {
    const [one, other] = [await paid(), await paid()];
    const error = {
      code: 'resource_missing',
      message: `No such payment_intent: '${other.id}'`,
      param: 'payment_intent',
    };
    await refused(`charge=${one.latest_charge}&payment_intent=${other.id}`, error);
    const path = `/v1/charges/${one.latest_charge}`;
    const { status } = await raw('POST', `${path}/refunds`, { form: `payment_intent=${other.id}` });
    expect(status).toBe(400);
    expect((await raw('GET', path)).body.amount_refunded).toBe(0);
    await made('/v1/refunds', `charge=${one.latest_charge}&payment_intent=${one.id}`);
  });

  test('of a cash balance that nobody has', async () => {
    const fields = 'origin=customer_balance&customer=cus_1&amount=100&currency=usd';
    const { status, body } = await raw('POST', '/v1/refunds', { form: fields });
    expect([status, body.error.param]).toEqual([400, 'origin']);
  });

  test('of nothing', async () => {
    await refused('amount=100', {
      code: 'parameter_missing',
      message:
        'One of the following params should be provided for this request: payment_intent or ' +
        'charge.',
    });
  });
});
