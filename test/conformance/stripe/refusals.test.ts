import { describe, expect, test } from 'vitest';
import { type Body, errorOf, form, useRaw } from './raw-http.js';

const { raw, made } = useRaw();

const PAYMENT = form({ amount: 2000, currency: 'usd', 'payment_method_types[0]': 'card' });
const HELD = `${PAYMENT}&capture_method=manual&payment_method=pm_card_visa&confirm=true`;
const PAID = `${PAYMENT}&payment_method=pm_card_visa&confirm=true`;

const VISA = 'payment_method=pm_card_visa';

/** The refusal of an operation on an intent: checked, and its snapshot compared with the intent. */
async function unexpected(path: string, fields: string, error: Body): Promise<void> {
  const id = path.split('/')[3];
  const intent = (await raw('GET', `/v1/payment_intents/${id}`)).body;
  const { status, body } = await raw('POST', path, { form: fields });
  expect(status).toBe(400);
  expect(body).toEqual(errorOf({ ...error, payment_intent: intent }));
}

const STATE = 'payment_intent_unexpected_state';
const CANCELABLE =
  'requires_payment_method, requires_capture, requires_reauthorization, requires_confirmation, ' +
  'requires_action, expired, processing';

describe('an operation that the state does not allow', () => {
  const at = (id: string, operation: string): string => `/v1/payment_intents/${id}${operation}`;

  test('capture of what is not held', async () => {
    const { id } = await made('/v1/payment_intents', PAYMENT);
    await unexpected(at(id, '/capture'), '', {
      code: STATE,
      message:
        'This PaymentIntent could not be captured because it has a status of ' +
        'requires_payment_method. Only a PaymentIntent with one of the following statuses may be ' +
        'captured: requires_capture.',
    });
  });

  test('capture once more', async () => {
    const { id } = await made('/v1/payment_intents', HELD);
    await made(at(id, '/capture'), 'amount_to_capture=500');
    await unexpected(at(id, '/capture'), '', {
      code: STATE,
      message:
        'The remaining amount on this PaymentIntent could not be captured because the remainder ' +
        'of the authorized amount has been released.',
    });
  });

  test('capture of more than is held', async () => {
    const { id } = await made('/v1/payment_intents', HELD);
    await unexpected(at(id, '/capture'), 'amount_to_capture=2001', {
      code: 'amount_too_large',
      message:
        'The payment could not be captured because the requested capture amount is greater than ' +
        'the amount you can capture for this charge. Contact us via ' +
        'https://support.stripe.com/contact/ for help.',
    });
  });

  test('cancel of a payment that is made, and of one that is canceled', async () => {
    const paid = await made('/v1/payment_intents', PAID);
    const canceled = await made('/v1/payment_intents', PAYMENT);
    await made(at(canceled.id, '/cancel'), '');
    for (const [id, status] of [
      [paid.id, 'succeeded'],
      [canceled.id, 'canceled'],
    ])
      await unexpected(at(id, '/cancel'), '', {
        code: STATE,
        message:
          `You cannot cancel this PaymentIntent because it has a status of ${status}. Only a ` +
          `PaymentIntent with one of the following statuses may be canceled: ${CANCELABLE}.`,
      });
  });

  test('a new amount for what is held', async () => {
    const { id } = await made('/v1/payment_intents', HELD);
    await unexpected(at(id, ''), 'amount=1000', {
      code: STATE,
      message:
        "This PaymentIntent's amount could not be updated because it has a status of " +
        'requires_capture. You may only update the amount of a PaymentIntent with one of the ' +
        'following statuses: requires_payment_method, requires_confirmation, requires_action.',
      param: 'amount',
    });
  });

  test('confirm without a method', async () => {
    const { id } = await made('/v1/payment_intents', PAYMENT);
    await unexpected(at(id, '/confirm'), '', {
      code: STATE,
      message:
        "You cannot confirm this PaymentIntent because it's missing a payment method. You can " +
        'either update the PaymentIntent with a payment method and then confirm it again, or ' +
        'confirm it again directly with a payment method or ConfirmationToken.',
    });
    const customer = await made('/v1/customers', 'name=A');
    const theirs = await made('/v1/payment_intents', `${PAYMENT}&customer=${customer.id}`);
    await unexpected(at(theirs.id, '/confirm'), '', {
      code: STATE,
      message:
        "You cannot confirm this PaymentIntent because it's missing a payment method. To confirm " +
        `the PaymentIntent with ${customer.id}, specify a payment method attached to this ` +
        'customer along with the customer ID.',
    });
  });

  test('confirm of what is paid', async () => {
    const { id } = await made('/v1/payment_intents', PAID);
    await unexpected(at(id, '/confirm'), 'payment_method=pm_card_visa', {
      code: STATE,
      message:
        'You cannot confirm this PaymentIntent because it has already succeeded after being ' +
        'previously confirmed.',
    });
  });
});

describe('a payment method', () => {
  test('of a customer who is not named, or not the one named', async () => {
    const [owner, other] = [await made('/v1/customers', ''), await made('/v1/customers', '')];
    const { id } = await made('/v1/payment_methods', 'type=card&card[token]=tok_visa');
    await made(`/v1/payment_methods/${id}/attach`, `customer=${owner.id}`);
    const unnamed = await raw('POST', '/v1/payment_intents', {
      form: `${PAYMENT}&payment_method=${id}`,
    });
    expect(unnamed.status).toBe(400);
    expect(unnamed.body).toEqual(
      errorOf({
        code: 'parameter_missing',
        message:
          `The \`payment_method\` parameter supplied ${id} belongs to the Customer ${owner.id}. ` +
          'Please include the Customer in the `customer` parameter on the PaymentIntent.',
        param: 'source',
      }),
    );
    const wrong = await raw('POST', '/v1/payment_intents', {
      form: `${PAYMENT}&payment_method=${id}&customer=${other.id}`,
    });
    expect(wrong.body).toEqual(
      errorOf({
        message:
          `The PaymentMethod ${id} does not belong to the Customer you supplied ${other.id}. ` +
          'Please use this PaymentMethod with the Customer that it belongs to instead.',
        param: 'payment_method',
      }),
    );
  });

  test('cannot be detached from nobody, attached to nobody, or be made attached', async () => {
    const { id } = await made('/v1/payment_methods', 'type=card&card[token]=tok_visa');
    const detached = await raw('POST', `/v1/payment_methods/${id}/detach`);
    expect(detached.status).toBe(400);
    expect(detached.body).toEqual(
      errorOf({
        message:
          'The payment method you provided is not attached to a customer so detachment is ' +
          'impossible.',
      }),
    );
    const nobody = await raw('POST', `/v1/payment_methods/${id}/attach`, { form: '' });
    expect(nobody.body).toEqual(
      errorOf({
        code: 'parameter_missing',
        message: 'Must provide customer or customer_account.',
      }),
    );
    const customer = await made('/v1/customers', '');
    const owned = await raw('POST', '/v1/payment_methods', {
      form: `type=card&card[token]=tok_visa&customer=${customer.id}`,
    });
    expect(owned.status).toBe(400);
    expect(owned.body.error.message).toBe(
      'You cannot attach a PaymentMethod to a Customer during PaymentMethod creation. Please ' +
        'instead create the PaymentMethod and then attach it using the attachment method of the ' +
        'PaymentMethods API.',
    );
  });

  test('once paid with and not kept is used up', async () => {
    const { id } = await made('/v1/payment_methods', 'type=card&card[token]=tok_visa');
    await made('/v1/payment_intents', `${PAYMENT}&payment_method=${id}&confirm=true`);
    const { status, body } = await raw('POST', '/v1/payment_intents', {
      form: `${PAYMENT}&payment_method=${id}&confirm=true`,
    });
    expect(status).toBe(400);
    expect(body.error.code).toBeUndefined();
    expect(body.error.message).toContain(
      'The provided PaymentMethod was previously used with a PaymentIntent without Customer ' +
        'attachment, ',
    );
    expect(body.error.message).toContain('It may not be used again.');
  });
});

describe('an intent that is refused when it is made', () => {
  test.each([
    ['/v1/payment_intents', `${PAYMENT}&confirm=true`],
    ['/v1/payment_intents', `amount=2000&currency=usd&payment_method_types[]=link&${VISA}`],
    ['/v1/setup_intents', 'payment_method_types[]=card&confirm=true'],
    ['/v1/setup_intents', `payment_method_types[]=link&${VISA}`],
  ])('is in no list and in no error of %s with %s', async (path, fields) => {
    const before = (await raw('GET', path)).body.data;
    const { status, body } = await raw('POST', path, { form: fields });
    expect(status).toBe(400);
    const { type: _, message: __, code, doc_url: ___, param = null, ...objects } = body.error;
    expect([typeof code, param === null || param === 'payment_method']).toEqual(['string', true]);
    expect(objects).toEqual({});
    expect((await raw('GET', path)).body.data).toEqual(before);
  });
});
