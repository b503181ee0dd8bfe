import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dojoSchema } from '../../support/dojo-schema.js';
import { MINIMAL, ok, pay, useDojo } from './client.js';

const tender = useDojo();

/** Any JSON, with the values that readers of fields stumble over. */
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom(
    '',
    '\0',
    '\ud800',
    '__proto__',
    1e21,
    -1,
    2 ** 53,
    '9999-12-31T23:59:59.9999999+14:00',
    '0000-01-01T00:00:00+14:00',
    '2025-02-30',
    '99.23:59:59',
    { value: 1, currencyCode: 'GBP' },
    { value: 99_999_999, currencyCode: 'eur' },
    [{ amountTotal: { value: -1, currencyCode: 'GBP' } }],
    JSON.parse('{"__proto__":"a","constructor":"b"}'),
  ),
);

/** A body of some of a schema's fields, each with something odd. */
function oddBody(name: string): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.keys(dojoSchema(name).properties ?? {});
  return fc.dictionary(fc.constantFrom(...fields, 'noField'), odd, { maxKeys: 4 });
}

const isAnswer = (status: number) => status < 500;

test('nothing that is sent to create a payment intent is an error of the server', async () => {
  const { dojo } = tender.newShop();
  await fc.assert(
    fc.asyncProperty(oddBody('CreatePaymentIntentRequest'), async (fields) => {
      const answer = await dojo.post('/payment-intents', { ...MINIMAL, ...fields });
      expect(answer.status, JSON.stringify(answer.body)).toSatisfy(isAnswer);
      if (answer.status !== 200) return;
      expect(await ok(dojo.get(`/payment-intents/${answer.body.id}`))).toEqual(answer.body);
    }),
    { numRuns: 250 },
  );
});

test.each([
  ['captures', 'CreateCaptureRequest'],
  ['tips-amount', 'SetTipsAmountRequest'],
  ['amount', 'SetAmountRequest'],
  ['receipt', 'SendEmailReceiptRequest'],
  ['refunds', 'CreateRefundRequest'],
])('nothing that is sent to %s is an error of the server', async (path, schema) => {
  const shop = tender.newShop();
  const config = { payment: { tipsAllowed: true, customAmountAllowed: true } };
  const open = await shop.newIntent({ config });
  const paid = await shop.newIntent({ captureMode: 'Manual' });
  await pay(shop, paid.id);
  await fc.assert(
    fc.asyncProperty(oddBody(schema), fc.uuid(), async (body, idempotencyKey) => {
      for (const { id } of [open, paid]) {
        const answer = await shop.dojo.post(`/payment-intents/${id}/${path}`, body, {
          idempotencyKey,
        });
        expect(answer.status, JSON.stringify(answer.body)).toSatisfy(isAnswer);
      }
    }),
    { numRuns: 40 },
  );
});

test('nothing that is sent to search is an error of the server', async () => {
  const shop = tender.newShop();
  await shop.newIntent();
  await fc.assert(
    fc.asyncProperty(oddBody('SearchPaymentIntentRequest'), async (body) => {
      const { status } = await shop.dojo.post('/payment-intents/search', body);
      expect(status).toSatisfy(isAnswer);
    }),
    { numRuns: 100 },
  );
});
