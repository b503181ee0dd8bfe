import { describe, expect, test } from 'vitest';
import { MINIMAL, ok, pay, problem, useDojo, type Wire } from './client.js';

const tender = useDojo();

const OLD = { version: '2022-04-07' };
const MIDDLE = { version: '2024-02-05' };

describe('version 2022-04-07', () => {
  test('issues a client session secret with every payment intent', async () => {
    const { dojo } = tender.newShop();
    const created = await ok(dojo.post('/payment-intents', MINIMAL, OLD));
    expect(created.clientSessionSecret).toMatch(/^[\w-]{160}$/);
    const until = Date.parse(created.clientSessionSecretExpirationDate);
    expect(Math.abs(until - Date.parse(created.createdAt) - 1_800_000)).toBeLessThan(5000);
  });

  test('has none of what came later', async () => {
    const { dojo } = tender.newShop();
    const { id } = await ok(dojo.post('/payment-intents', { ...MINIMAL, captureMode: 'Manual' }));
    const shown = await ok(dojo.get(`/payment-intents/${id}`, OLD));
    for (const name of [
      'cardHolderNotPresent',
      'captures',
      'cashbackAmount',
      'orderDetails',
      'paymentLink',
      'serviceChargeAmount',
      'terminalSessionHistory',
    ])
      expect(shown).not.toHaveProperty(name);
    expect(shown).toMatchObject({ id, status: 'Created', captureMode: 'Manual' });
    await problem(dojo.get('/terminals', { ...OLD, 'software-house-id': 'a' }), 404);
  });

  test('says by the source of a transaction that its card holder is not present', async () => {
    const { dojo } = tender.newShop();
    const sent = { ...MINIMAL, transactionSource: 'MOTO' };
    const created = await ok(dojo.post('/payment-intents', sent, OLD));
    expect(created.transactionSource).toBe('MOTO');
    const modern = await ok(dojo.get(`/payment-intents/${created.id}`));
    expect(modern.cardHolderNotPresent).toBe(true);
    expect(modern).not.toHaveProperty('transactionSource');
    const other = await ok(
      dojo.post('/payment-intents', { ...MINIMAL, cardHolderNotPresent: true }),
    );
    const shown = await ok(dojo.get(`/payment-intents/${other.id}`, OLD));
    expect(shown.transactionSource).toBe('MOTO');
  });

  test('calls the name of an item its caption', async () => {
    const { dojo } = tender.newShop();
    const line = { id: '1', quantity: 2, amountTotal: { value: 500, currencyCode: 'GBP' } };
    const sent = { ...MINIMAL, itemLines: [{ ...line, caption: 'Tea' }] };
    const created = await ok(dojo.post('/payment-intents', sent, OLD));
    expect(created.itemLines).toEqual([{ ...line, caption: 'Tea' }]);
    const modern = await ok(dojo.get(`/payment-intents/${created.id}`));
    expect(modern.itemLines).toEqual([{ ...line, name: 'Tea' }]);
  });

  test('shows the card flat in the details of the payment', async () => {
    const shop = tender.newShop();
    const { id } = await shop.newIntent();
    await pay(shop, id);
    const { paymentDetails } = await ok(shop.dojo.get(`/payment-intents/${id}`, OLD));
    expect(paymentDetails).toMatchObject({
      message: 'DEPOSITED',
      cardNumber: '************4242',
      cardType: 'VISA',
    });
    expect(paymentDetails).not.toHaveProperty('card');
  });
});

describe('version 2024-02-05', () => {
  test('does not tell what the issuer said of the address', async () => {
    const shop = tender.newShop();
    const { id } = await shop.newIntent();
    const billing_details = { address: { line1: 'Demo Road 1', postal_code: 'W2 1DG' } };
    const method = await shop.stripe.paymentMethods.create({
      type: 'card',
      card: { number: '4242424242424242', exp_month: 12, exp_year: 2040, cvc: '123' },
      billing_details,
    });
    await pay(shop, id, method.id);
    const path = `/payment-intents/${id}`;
    const { paymentDetails: newest } = await ok(shop.dojo.get(path));
    expect(newest.avsResult).toBe('ADDRESS_MATCH_POSTCODE_MATCH');
    const { paymentDetails: older } = await ok(shop.dojo.get(path, MIDDLE));
    expect(older.card).toEqual(newest.card);
    expect(older).not.toHaveProperty('avsResult');
  });
});

describe('a terminal before 2025-09-10', () => {
  const newest = { 'software-house-id': 'softwareHouse1' };
  const older = { ...MIDDLE, ...newest };

  test.each([
    ['10000005', 'ReEnterCard'],
    ['10000001', 'PleaseWait'],
  ])('%s shows no word that was not in the closed list', async (tid, word) => {
    const { dojo, advance } = tender.newShop();
    const all = await ok(dojo.get('/terminals', newest));
    const { id: terminalId } = all.find(({ properties }: Wire) => properties.tid === tid);
    const amount = MINIMAL.amount;
    const unlinkedRefund = { amount, cardholderNotPresent: true };
    const details = { sessionType: 'UnlinkedRefund', unlinkedRefund };
    const { id } = await ok(dojo.post('/terminal-sessions', { terminalId, details }, newest));
    await advance(4);
    const path = `/terminal-sessions/${id}`;
    const words = ({ notificationEvents }: Wire) =>
      notificationEvents.map(({ notificationType }: Wire) => notificationType);
    const shown = await ok(dojo.get(path, newest));
    expect(words(shown)).toContain(word);
    expect(shown.details).toEqual(details);
    const before = await ok(dojo.get(path, older));
    expect(words(before)).toEqual(words(shown).filter((one: string) => one !== 'ReEnterCard'));
    expect(before.details.unlinkedRefund).toEqual({ amount });
  });
});

describe('a date between versions', () => {
  test.each([
    ['2021-01-01', false],
    ['2022-07-04', false],
    ['2024-01-15', false],
    ['2024-02-05', true],
    ['2025-09-09', true],
    ['2026-02-27', true],
  ])('means the version before it: %s', async (version, isModern) => {
    const { dojo } = tender.newShop();
    const created = await ok(dojo.post('/payment-intents', MINIMAL, { version }));
    expect('paymentLink' in created).toBe(isModern);
    expect('clientSessionSecret' in created).toBe(!isModern);
  });
});
