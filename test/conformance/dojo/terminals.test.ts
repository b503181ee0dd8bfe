import { describe, expect, test } from 'vitest';
import { type DojoShop, ok, pay, problem, useDojo, type Wire } from './client.js';

const fixture = useDojo();

const TILL = { 'software-house-id': 'softwareHouse1', 'reseller-id': 'reseller1' };

async function terminal({ dojo }: DojoShop, tid: string): Promise<string> {
  const all = await ok(dojo.get('/terminals', TILL));
  return all.find((one: Wire) => one.properties.tid === tid).id;
}

const CONTACTLESS = '10000001';
const CHIP = '10000002';
const SIGNATURE = '10000003';
const REFUSES = '10000004';
const UNSUPPORTED = '10000005';
const OFFLINE = '10000006';

const sale = (paymentIntentId: string) => ({ sessionType: 'Sale', sale: { paymentIntentId } });
const matched = (paymentIntentId: string, amount?: object) => ({
  sessionType: 'MatchedRefund',
  matchedRefund: { paymentIntentId, amount },
});
const unlinked = (amount: object, more: object = {}) => ({
  sessionType: 'UnlinkedRefund',
  unlinkedRefund: { amount, ...more },
});
const gbp = (value: number) => ({ value, currencyCode: 'GBP' });

async function ask(shop: DojoShop, tid: string, details: object) {
  const terminalId = await terminal(shop, tid);
  return shop.dojo.post('/terminal-sessions', { terminalId, details }, TILL);
}

const start = (shop: DojoShop, tid: string, details: object) => ok(ask(shop, tid, details));

function session({ dojo }: DojoShop, id: string): Promise<Wire> {
  return ok(dojo.get(`/terminal-sessions/${id}`, TILL));
}

/** Begins a session and lets its terminal come to the end. */
async function through(shop: DojoShop, tid: string, details: object): Promise<Wire> {
  const { id } = await start(shop, tid, details);
  await shop.advance(15);
  return session(shop, id);
}

const statuses = ({ statusEvents }: Wire) => statusEvents.map(({ status }: Wire) => status);
const prompts = ({ notificationEvents }: Wire) =>
  notificationEvents.map(({ notificationType }: Wire) => notificationType);
const printed = ({ lines }: Wire) =>
  lines.flatMap(({ text }: Wire) => (text === undefined ? [] : [text.value]));

describe('terminals', () => {
  test('are six, by numbers that tell which, and stay the same', async () => {
    const { dojo } = fixture.newShop();
    const all = await ok(dojo.get('/terminals', TILL));
    expect(all.map(({ properties, status }: Wire) => [properties.tid, status])).toEqual([
      [CONTACTLESS, 'Available'],
      [CHIP, 'Available'],
      [SIGNATURE, 'Available'],
      [REFUSES, 'Available'],
      [UNSUPPORTED, 'Available'],
      [OFFLINE, 'Offline'],
    ]);
    for (const { id } of all) expect(id).toMatch(/^tm_sandbox_[0-9a-f]{24}$/);
    expect(await ok(dojo.get('/terminals/', TILL))).toEqual(all);
    expect(await ok(dojo.get(`/terminals/${all[1].id}`, TILL))).toEqual(all[1]);
  });

  test('are listed by the statuses that are asked for', async () => {
    const shop = fixture.newShop();
    const { dojo } = shop;
    const { id } = await shop.newIntent();
    await start(shop, CHIP, sale(id));
    const tids = async (query: string) =>
      (await ok(dojo.get(`/terminals?${query}`, TILL))).map(
        ({ properties }: Wire) => properties.tid,
      );
    expect(await tids('statuses=InUse')).toEqual([CHIP]);
    expect(await tids('statuses=inuse&statuses=Offline')).toEqual([CHIP, OFFLINE]);
    expect(await tids('statuses=InUse,Offline')).toEqual([CHIP, OFFLINE]);
    expect(await tids('statuses=')).toHaveLength(6);
    const { errors } = await problem(dojo.get('/terminals?statuses=Broken', TILL), 400);
    expect(errors.statuses).toEqual(["The value 'Broken' is not valid."]);
    await shop.advance(15);
    expect(await tids('statuses=InUse')).toEqual([]);
  });

  test('are not shown to strangers, and errors about them have a code', async () => {
    const [shop, other] = [fixture.newShop(), fixture.newShop()];
    const id = await terminal(other, CHIP);
    const answers = [
      await problem(shop.dojo.get(`/terminals/${id}`, TILL), 404),
      await problem(shop.dojo.get('/terminals/tm_nope', TILL), 404),
      await problem(shop.dojo.get('/terminals', { ...TILL, authorization: 'Basic no' }), 401),
      await problem(shop.dojo.get('/terminals'), 400),
    ];
    for (const { code } of answers) expect(code).toBe('INVALID_REQUEST');
    expect(answers.at(-1).errors).toHaveProperty('software-house-id');
  });

  test('came with the version of 2024', async () => {
    const { dojo } = fixture.newShop();
    await problem(dojo.get('/terminals', { ...TILL, version: '2022-04-07' }), 404);
    expect(await ok(dojo.get('/terminals', { ...TILL, version: '2024-02-05' }))).toHaveLength(6);
  });
});

describe('a sale', () => {
  test('begins with nothing but a request, as in the documentation', async () => {
    const shop = fixture.newShop();
    const { id: paymentIntentId } = await shop.newIntent();
    const begun = await start(shop, CHIP, sale(paymentIntentId));
    expect(begun).toMatchObject({
      id: expect.stringMatching(/^ts_sandbox_[0-9A-Za-z]{24}$/),
      terminalId: await terminal(shop, CHIP),
      status: 'InitiateRequested',
      notificationEvents: [],
      details: { sessionType: 'Sale', sale: { paymentIntentId } },
    });
    expect(statuses(begun)).toEqual(['InitiateRequested']);
    expect(Date.parse(begun.expireAt) - Date.parse(begun.createdAt)).toBe(10_000);
    expect(begun.paymentDetails).toBeUndefined();
    expect(begun.receipt).toBeUndefined();
  });

  test('captures the payment intent, and both tell of it', async () => {
    const shop = fixture.newShop();
    const intent = await shop.newIntent({
      tipsAmount: gbp(150),
      config: { payment: { tipsAllowed: true } },
    });
    const ended = await through(shop, CHIP, sale(intent.id));
    expect(ended.status).toBe('Captured');
    expect(statuses(ended)).toEqual(['InitiateRequested', 'Initiated', 'Captured']);
    expect(prompts(ended)).toEqual([
      'PresentCard',
      'InsertCard',
      'EnterPin',
      'PleaseWait',
      'Approved',
      'RemoveCard',
    ]);
    const card = { cardType: 'VISA', entryMode: 'ContactChip', verificationMethod: 'Pin' };
    expect(ended.paymentDetails).toMatchObject({ message: 'DEPOSITED', card });
    const { authCode } = ended.paymentDetails;
    expect(printed(ended.receipt)).toEqual([
      'Tender sandbox',
      'TID:****0002',
      'VISA',
      '************0000',
      'ICC_CHIP',
      'SALE',
      'AMOUNT             £10.00',
      'GRATUITY           £1.50',
      'TOTAL              £11.50',
      'SUCCESSFUL',
      ended.updatedAt,
      `AUTH CODE:${authCode}`,
      'CUSTOMER COPY',
      'PLEASE RETAIN RECEIPT',
    ]);
    const paid = await ok(shop.dojo.get(`/payment-intents/${intent.id}`));
    expect(paid).toMatchObject({ status: 'Captured', paymentDetails: { card } });
    const [told, ...more] = paid.terminalSessionHistory;
    expect(more).toEqual([]);
    expect(told.terminalSession).toMatchObject({ id: ended.id, status: 'Captured' });
    expect(told.payment).toMatchObject({
      authGatewayTransactionId: ended.paymentDetails.transactionId,
      entryMode: 'ContactChip',
      verificationMode: 'Pin',
    });
  });

  test('authorizes where the payment is captured by hand', async () => {
    const shop = fixture.newShop();
    const { id } = await shop.newIntent({ captureMode: 'Manual' });
    const ended = await through(shop, CONTACTLESS, sale(id));
    expect(ended.status).toBe('Authorized');
    expect(prompts(ended)).toEqual(['PresentCard', 'PleaseWait', 'Approved']);
    await ok(shop.dojo.post(`/payment-intents/${id}/captures`, { amount: 1000 }));
    expect((await session(shop, ended.id)).status).toBe('Authorized');
  });

  test('of an order by telephone is typed in', async () => {
    const shop = fixture.newShop();
    const { id } = await shop.newIntent({ cardHolderNotPresent: true });
    const ended = await through(shop, CHIP, sale(id));
    expect(prompts(ended)).toEqual(['PleaseWait', 'Approved']);
    const card = { entryMode: 'ManualEntry', verificationMethod: 'None' };
    expect(ended.paymentDetails).toMatchObject({ card });
  });

  test('that is declined leaves the payment intent to be paid otherwise', async () => {
    const shop = fixture.newShop();
    const { id } = await shop.newIntent();
    const ended = await through(shop, REFUSES, sale(id));
    expect(ended.status).toBe('Declined');
    expect(ended.statusEvents.at(-1).debugMessage).toMatch(/refused/);
    expect(printed(ended.receipt)).toContain('DECLINED');
    expect(await ok(shop.dojo.get(`/payment-intents/${id}`))).toMatchObject({
      status: 'Created',
      terminalSessionHistory: [{ payment: null }],
    });
    await pay(shop, id);
    expect((await ok(shop.dojo.get(`/payment-intents/${id}`))).status).toBe('Captured');
  });

  test('of what is paid online meanwhile is declined', async () => {
    const shop = fixture.newShop();
    const { id } = await shop.newIntent();
    const { id: begun } = await start(shop, SIGNATURE, sale(id));
    await pay(shop, id);
    await shop.advance(15);
    const ended = await session(shop, begun);
    expect(ended.status).toBe('SignatureVerificationRequired');
    await ok(shop.dojo.put(`/terminal-sessions/${begun}/signature`, { accepted: true }, TILL));
    await shop.advance(2);
    const { statusEvents, status } = await session(shop, begun);
    expect(status).toBe('Declined');
    expect(statusEvents.at(-1).debugMessage).toMatch(/paid or canceled meanwhile/);
  });

  test('with a card that cannot be read expires', async () => {
    const shop = fixture.newShop();
    const { id } = await shop.newIntent();
    const { id: begun } = await start(shop, UNSUPPORTED, sale(id));
    await shop.advance(80);
    expect(prompts(await session(shop, begun))).toEqual(['PresentCard', 'CardUnsupported']);
    await shop.advance(20);
    const ended = await session(shop, begun);
    expect(ended.status).toBe('Expired');
    expect(ended.statusEvents.at(-1).createdAt).toBe(ended.expireAt);
    expect(ended.receipt).toBeUndefined();
  });
});

describe('a signature', () => {
  async function asked(shop: DojoShop): Promise<string> {
    const { id } = await shop.newIntent();
    const { id: begun } = await start(shop, SIGNATURE, sale(id));
    await shop.advance(6);
    expect((await session(shop, begun)).status).toBe('SignatureVerificationRequired');
    return begun;
  }

  test.each([
    [true, 'SignatureVerificationAccepted', 'Captured'],
    [false, 'SignatureVerificationRejected', 'Declined'],
  ])('answered with %s is %s, and then %s', async (accepted, answered, end) => {
    const shop = fixture.newShop();
    const id = await asked(shop);
    const told = await ok(shop.dojo.put(`/terminal-sessions/${id}/signature`, { accepted }, TILL));
    expect(told.status).toBe(answered);
    await problem(shop.dojo.put(`/terminal-sessions/${id}/signature`, { accepted }, TILL), 422);
    await shop.advance(2);
    const ended = await session(shop, id);
    expect(ended.status).toBe(end);
    if (accepted) expect(printed(ended.merchantReceipt)).toContain('SIGNED BY THE CARDHOLDER');
    expect(printed(ended.customerReceipt)).not.toContain('SIGNED BY THE CARDHOLDER');
  });

  test('that nobody answers for is accepted', async () => {
    const shop = fixture.newShop();
    const id = await asked(shop);
    await shop.advance(70);
    expect(statuses(await session(shop, id)).slice(-2)).toEqual([
      'SignatureVerificationAccepted',
      'Captured',
    ]);
  });

  test('needs an answer in its body', async () => {
    const shop = fixture.newShop();
    const id = await asked(shop);
    const path = `/terminal-sessions/${id}/signature`;
    expect((await problem(shop.dojo.put(path, {}, TILL), 400)).errors).toHaveProperty('Accepted');
    await problem(shop.dojo.put(path, { accepted: 'yes' }, TILL), 400);
  });
});

describe('a session', () => {
  test('is canceled by the terminal after it was asked for', async () => {
    const shop = fixture.newShop();
    const { id } = await shop.newIntent();
    const { id: begun } = await start(shop, CHIP, sale(id));
    const path = `/terminal-sessions/${begun}/cancel`;
    expect((await ok(shop.dojo.put(path, undefined, TILL))).status).toBe('CancelRequested');
    expect((await problem(shop.dojo.put(path, undefined, TILL), 422)).detail).toMatch(/canceled/);
    await shop.advance(2);
    expect((await session(shop, begun)).status).toBe('Canceled');
    expect((await through(shop, CHIP, sale(id))).status).toBe('Captured');
  });

  test('that has ended can be neither canceled nor signed', async () => {
    const shop = fixture.newShop();
    const { id } = await through(shop, CONTACTLESS, sale((await shop.newIntent()).id));
    const path = `/terminal-sessions/${id}`;
    await problem(shop.dojo.put(`${path}/cancel`, undefined, TILL), 422);
    await problem(shop.dojo.put(`${path}/signature`, { accepted: true }, TILL), 422);
  });

  test('is not begun on a terminal that is busy or offline', async () => {
    const shop = fixture.newShop();
    const { id } = await shop.newIntent();
    await start(shop, CHIP, sale(id));
    for (const tid of [CHIP, OFFLINE]) {
      const { code, detail } = await problem(ask(shop, tid, sale(id)), 409);
      expect(code).toBe('TERMINAL_UNAVAILABLE');
      expect(detail).toContain(await terminal(shop, tid));
    }
  });

  test('is not found where it is not the account’s own', async () => {
    const [shop, other] = [fixture.newShop(), fixture.newShop()];
    const { id } = await start(other, CHIP, sale((await other.newIntent()).id));
    const theirs = await terminal(other, CHIP);
    const intent = (await other.newIntent()).id;
    const body = { terminalId: theirs, details: sale((await shop.newIntent()).id) };
    await problem(shop.dojo.get(`/terminal-sessions/${id}`, TILL), 404);
    await problem(shop.dojo.get('/terminal-sessions/ts_sandbox_no', TILL), 404);
    await problem(shop.dojo.put(`/terminal-sessions/${id}/cancel`, undefined, TILL), 404);
    await problem(shop.dojo.post('/terminal-sessions', body, TILL), 404);
    await problem(ask(shop, CHIP, sale(intent)), 404);
    await problem(ask(shop, CHIP, sale('pi_nope')), 404);
  });

  test('is begun once for one idempotency key', async () => {
    const shop = fixture.newShop();
    const { id } = await shop.newIntent();
    const terminalId = await terminal(shop, CHIP);
    const send = () =>
      shop.dojo.post(
        '/terminal-sessions',
        { terminalId, details: sale(id) },
        { ...TILL, idempotencyKey: 'till-1' },
      );
    expect(await ok(send())).toEqual(await ok(send()));
  });

  const FAULTS: [string, unknown, string][] = [
    ['no terminal', { details: sale('pi_x') }, 'TerminalId'],
    ['no details', { terminalId: 'x' }, 'Details'],
    ['no type', { terminalId: 'x', details: {} }, 'Details.SessionType'],
    [
      'a type that there is not',
      { terminalId: 'x', details: { sessionType: 'Void' } },
      '$.details.sessionType',
    ],
    [
      'a sale of nothing',
      { terminalId: 'x', details: { sessionType: 'Sale', sale: {} } },
      'Details.Sale.PaymentIntentId',
    ],
    [
      'an unlinked refund without an amount',
      { terminalId: 'x', details: { sessionType: 'UnlinkedRefund', unlinkedRefund: {} } },
      'Details.UnlinkedRefund.Amount',
    ],
    [
      'an unlinked refund of nothing',
      { terminalId: 'x', details: unlinked(gbp(0)) },
      'Details.UnlinkedRefund.Amount.Value',
    ],
    [
      'an unlinked refund in dollars',
      { terminalId: 'x', details: unlinked({ value: 1, currencyCode: 'USD' }) },
      'Details.UnlinkedRefund.Amount.CurrencyCode',
    ],
  ];
  test.each(FAULTS)('with %s is refused', async (_, body, field) => {
    const { dojo } = fixture.newShop();
    const { errors } = await problem(dojo.post('/terminal-sessions', body, TILL), 400);
    expect(Object.keys(errors)).toEqual([field]);
  });

  test('takes the details of its own type, and no others', async () => {
    const shop = fixture.newShop();
    const { id } = await shop.newIntent();
    const without = await problem(ask(shop, CHIP, { sessionType: 'Sale' }), 400);
    expect(without.errors).toHaveProperty('Details.Sale');
    const both = { ...unlinked(gbp(5)), ...sale(id) };
    const { errors } = await problem(ask(shop, CHIP, both), 400);
    expect(errors).toEqual({
      'Details.UnlinkedRefund': ['The field Details.UnlinkedRefund does not go with Sale.'],
    });
  });
});

describe('a refund at a terminal', () => {
  async function paid(shop: DojoShop): Promise<string> {
    const { id } = await shop.newIntent();
    await pay(shop, id);
    return id;
  }

  test('pays a part of a payment back, then the rest', async () => {
    const shop = fixture.newShop();
    const id = await paid(shop);
    const part = await through(shop, CONTACTLESS, matched(id, gbp(400)));
    expect(part).toMatchObject({
      status: 'Captured',
      details: { matchedRefund: { paymentIntentId: id, amount: gbp(400) } },
    });
    expect(printed(part.receipt)).toContain('TOTAL              £4.00');
    expect(await ok(shop.dojo.get(`/payment-intents/${id}`))).toMatchObject({
      status: 'Captured',
      refundedAmount: 400,
      terminalSessionHistory: [{ terminalSession: { id: part.id }, payment: null }],
    });
    const rest = await through(shop, CONTACTLESS, matched(id));
    expect(printed(rest.receipt)).toContain('TOTAL              £6.00');
    expect((await ok(shop.dojo.get(`/payment-intents/${id}`))).status).toBe('Refunded');
  });

  test('is refused above what is left, in another currency, and before a payment', async () => {
    const shop = fixture.newShop();
    const id = await paid(shop);
    await problem(ask(shop, CHIP, matched(id, gbp(1001))), 400);
    const { errors } = await problem(
      ask(shop, CHIP, matched(id, { value: 10, currencyCode: 'EUR' })),
      400,
    );
    expect(errors).toHaveProperty('Details.MatchedRefund.Amount.CurrencyCode');
    await problem(ask(shop, CHIP, matched((await shop.newIntent()).id)), 409);
  });

  test('without a payment is taken from the balance', async () => {
    const shop = fixture.newShop();
    const details = unlinked(gbp(800), { cardholderNotPresent: true });
    const ended = await through(shop, CHIP, details);
    expect(ended).toMatchObject({ status: 'Captured', details });
    expect(prompts(ended)).toEqual(['PleaseWait', 'Approved']);
    const { data } = await shop.stripe.balanceTransactions.list({ type: 'adjustment' });
    expect(data).toMatchObject([
      {
        amount: -800,
        currency: 'gbp',
        type: 'adjustment',
        reporting_category: 'other_adjustment',
        source: null,
      },
    ]);
    const [first] = data;
    const expanded = await shop.stripe.balanceTransactions.retrieve(first?.id ?? '', {
      expand: ['source'],
    });
    expect(expanded.source).toBeNull();
  });
});
