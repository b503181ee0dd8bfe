import { describe, expect, test } from 'vitest';
import { type Body, errorOf, form, useRaw } from './raw-http.js';

const { raw, made } = useRaw();

const PAYMENT = form({ amount: 2000, currency: 'usd', 'payment_method_types[0]': 'card' });
const HELD = `${PAYMENT}&capture_method=manual&payment_method=pm_card_visa&confirm=true`;

const missing = (noun: string, id: string, param: string): Body => ({
  code: 'resource_missing',
  message: `No such ${noun}: '${id}'`,
  param,
});

describe('an id that does not exist', () => {
  test.each([
    ['GET', '/v1/payment_intents/pi_x', 'payment_intent', 'intent'],
    ['POST', '/v1/payment_intents/pi_x', 'payment_intent', 'intent'],
    ['POST', '/v1/payment_intents/pi_x/confirm', 'payment_intent', 'intent'],
    ['POST', '/v1/payment_intents/pi_x/capture', 'payment_intent', 'intent'],
    ['POST', '/v1/payment_intents/pi_x/cancel', 'payment_intent', 'intent'],
    ['GET', '/v1/payment_methods/pm_x', 'PaymentMethod', 'payment_method'],
    ['POST', '/v1/payment_methods/pm_x/detach', 'PaymentMethod', 'payment_method'],
    ['GET', '/v1/customers/cus_x', 'customer', 'id'],
    ['POST', '/v1/customers/cus_x', 'customer', 'id'],
    ['DELETE', '/v1/customers/cus_x', 'customer', 'id'],
    ['GET', '/v1/charges/ch_x', 'charge', 'id'],
    ['POST', '/v1/charges/ch_x', 'charge', 'id'],
  ])('in the path, %s %s: 404', async (method, path, noun, param) => {
    const { status, body } = await raw(method, path, method === 'POST' ? { form: '' } : {});
    const id = path.split('/')[3] ?? '';
    expect(status).toBe(404);
    expect(body).toEqual(errorOf(missing(noun, id, param)));
  });

  test.each([
    [
      '/v1/payment_intents',
      `${PAYMENT}&customer=cus_x`,
      400,
      missing('customer', 'cus_x', 'customer'),
    ],
    [
      '/v1/payment_intents',
      `${PAYMENT}&payment_method=pm_x`,
      400,
      missing('PaymentMethod', 'pm_x', 'payment_method'),
    ],
    ['/v1/refunds', 'charge=ch_x', 404, missing('charge', 'ch_x', 'id')],
    [
      '/v1/refunds',
      'payment_intent=pi_x',
      400,
      missing('payment_intent', 'pi_x', 'payment_intent'),
    ],
    ['/v1/payment_methods', 'type=card&card[token]=tok_x', 400, missing('token', 'tok_x', 'token')],
  ])('in a body, %s %s', async (path, fields, expected, error) => {
    const { status, body } = await raw('POST', path, { form: fields });
    expect(body).toEqual(errorOf(error));
    expect(status).toBe(expected);
  });

  test('as a cursor', async () => {
    const { status, body } = await raw('GET', '/v1/customers?starting_after=cus_x');
    expect(status).toBe(400);
    expect(body).toEqual(errorOf(missing('customer', 'cus_x', 'starting_after')));
  });
});

const MINIMUM =
  'The amount must be greater than or equal to the minimum charge amount allowed for your ' +
  'account and the currency set (https://docs.stripe.com/currencies#minimum-and-maximum-charge-' +
  'amounts).  If you want to save a Payment Method for future use without an immediate payment, ' +
  'use a Setup Intent instead: https://docs.stripe.com/payments/setup-intents';

describe('a parameter', () => {
  const create = '/v1/payment_intents';

  test.each([
    [
      'amount missing',
      create,
      'currency=usd',
      { code: 'parameter_missing', message: 'Missing required param: amount.', param: 'amount' },
    ],
    [
      'currency missing',
      create,
      'amount=2000',
      {
        code: 'parameter_missing',
        message: 'Missing required param: currency.',
        param: 'currency',
      },
    ],
    [
      'unknown',
      create,
      `${PAYMENT}&wat=1`,
      { code: 'parameter_unknown', message: 'Received unknown parameter: wat', param: 'wat' },
    ],
    [
      'unknown, nested',
      '/v1/customers',
      'invoice_settings[nope]=1',
      {
        code: 'parameter_unknown',
        message: 'Received unknown parameter: invoice_settings[nope]',
        param: 'invoice_settings[nope]',
      },
    ],
    [
      'unknown, several',
      create,
      `${PAYMENT}&b=1&a=2`,
      { code: 'parameter_unknown', message: 'Received unknown parameters: b, a', param: 'b' },
    ],
    [
      'no integer',
      create,
      'amount=abc&currency=usd',
      { code: 'parameter_invalid_integer', message: 'Invalid integer: abc', param: 'amount' },
    ],
    [
      'a fraction',
      create,
      'amount=10.5&currency=usd',
      { code: 'parameter_invalid_integer', message: 'Invalid integer: 10.5', param: 'amount' },
    ],
    [
      'a zero amount',
      create,
      'amount=0&currency=usd',
      { code: 'parameter_invalid_integer', message: MINIMUM, param: 'amount' },
    ],
    [
      'a negative amount',
      create,
      'amount=-1&currency=usd',
      { code: 'parameter_invalid_integer', message: MINIMUM, param: 'amount' },
    ],
    [
      'too small an amount',
      create,
      'amount=49&currency=usd',
      { code: 'amount_too_small', message: 'Amount must be at least $0.50 usd', param: 'amount' },
    ],
    [
      'too large an amount',
      create,
      'amount=100000000&currency=usd',
      {
        code: 'amount_too_large',
        message: 'Amount must be no more than $999,999.99',
        param: 'amount',
      },
    ],
    [
      'an empty text',
      create,
      'amount=2000&currency=',
      {
        code: 'parameter_invalid_empty',
        message:
          "You passed an empty string for 'currency'. We assume empty values are an attempt to " +
          "unset a parameter; however 'currency' cannot be unset. You should remove 'currency' " +
          'from your request or supply a non-empty value.',
        param: 'currency',
      },
    ],
    [
      'not of a list',
      '/v1/refunds',
      'charge=ch_1&reason=bored',
      {
        message: 'Invalid reason: must be one of duplicate, fraudulent, or requested_by_customer',
        param: 'reason',
      },
    ],
    [
      'not of a list, for a customer',
      '/v1/customers',
      'tax_exempt=maybe',
      {
        message: 'Invalid tax_exempt: must be one of none, reverse, or exempt',
        param: 'tax_exempt',
      },
    ],
    [
      'no boolean',
      create,
      `${PAYMENT}&confirm=perhaps`,
      { message: 'Invalid boolean: perhaps', param: 'confirm' },
    ],
    [
      'no array',
      create,
      'amount=2000&currency=usd&payment_method_types=card',
      { message: 'Invalid array', param: 'payment_method_types' },
    ],
    ['no hash', '/v1/customers', 'address=here', { message: 'Invalid object', param: 'address' }],
    [
      'a hash for a text',
      '/v1/customers',
      'name[0]=a',
      { message: 'Invalid string: {"0":"a"}', param: 'name' },
    ],
    [
      'no e-mail address',
      '/v1/customers',
      'email=nobody',
      { code: 'email_invalid', message: 'Invalid email address: nobody', param: 'email' },
    ],
  ])('%s', async (_, path, fields, error) => {
    const { status, body } = await raw('POST', path, { form: fields });
    expect(status).toBe(400);
    expect(body).toEqual(errorOf(error));
  });

  test('currency that nobody has', async () => {
    const { status, body } = await raw('POST', create, { form: 'amount=2000&currency=xyz' });
    expect(status).toBe(400);
    const { message, ...rest } = body.error;
    expect(rest).toEqual({ type: 'invalid_request_error', param: 'currency' });
    expect(message).toMatch(
      /^Invalid currency: xyz\. Stripe currently supports these currencies: usd, aed, afn/,
    );
  });

  test('that says how a payment is confirmed needs confirm', async () => {
    for (const field of [
      'off_session=true',
      'return_url=https%3A%2F%2Fa.example',
      'error_on_requires_action=true',
    ]) {
      const { status, body } = await raw('POST', create, { form: `${PAYMENT}&${field}` });
      expect(status).toBe(400);
      expect(body.error.param).toBe(field.split('=')[0]);
      expect((await raw('POST', create, { form: `${PAYMENT}&off_session=false` })).status).toBe(
        200,
      );
    }
  });

  test('amount_to_capture, zero and below', async () => {
    const { id } = await made(create, HELD);
    const path = `${create}/${id}/capture`;
    const zero = await raw('POST', path, { form: 'amount_to_capture=0' });
    expect(zero.body).toEqual(
      errorOf({
        code: 'parameter_invalid_integer',
        message: 'This value must be greater than or equal to 1.',
        param: 'amount',
      }),
    );
    const negative = await raw('POST', path, { form: 'amount_to_capture=-1' });
    expect(negative.body).toEqual(
      errorOf({ message: 'Invalid non-negative integer', param: 'amount_to_capture' }),
    );
  });
});
