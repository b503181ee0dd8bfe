import { createHash } from 'node:crypto';
import { Client, loginIntents, paymentIntents } from '@code-wallet/client';
import { encode } from '@code-wallet/intents';
import { Keypair } from '@code-wallet/keys';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { SocketConstructor } from '../../../sdk/wallet/envelope.js';
import { keysFromPhrase, newPhrase } from '../../../sdk/wallet/keys.js';
import type { LoginOffer, PaymentOffer } from '../../../sdk/wallet/offers.js';
import { parseScanned } from '../../../sdk/wallet/scan.js';
import { connect, type Wallet, type WalletNews } from '../../../sdk/wallet/wallet.js';
import { nodeCurve } from '../../../src/cli/wallet-curve.js';
import { DOMAIN, newAddress, newOrder, shop, VERIFIER } from './shop.js';
import { poll } from './wallet.js';

/** The wallet's library against a running server, on requests of the unmodified client. */

const made = shop();
const LOGIN = { domain: DOMAIN, verifier: VERIFIER.getPublicKey().toBase58() };

async function open(): Promise<Wallet> {
  const keys = await keysFromPhrase(newPhrase(), nodeCurve);
  const socket = WebSocket as unknown as SocketConstructor;
  return connect({ url: made.tender.url, keys, WebSocket: socket });
}

async function filled(): Promise<Wallet> {
  const wallet = await open();
  await wallet.faucet();
  return wallet;
}

interface Asked {
  readonly id: string;
  readonly payload: Uint8Array;
  readonly options: object;
}

/** A request by the unmodified client, and what its button's link leads to. */
async function ask(over: object = {}): Promise<Asked> {
  const options = {
    mode: 'payment',
    destination: newAddress(),
    amount: 0.05,
    currency: 'usd',
    idempotencyKey: newOrder(),
    endpoint: made.endpoint,
    ...over,
  };
  const { clientSecret, id } = await paymentIntents.create(options as never);
  return { id, options, payload: await payloadOf(options, clientSecret) };
}

async function askLogin(): Promise<Asked> {
  const options = {
    ...{ mode: 'login', login: LOGIN, signers: [VERIFIER], idempotencyKey: newOrder() },
    endpoint: made.endpoint,
  };
  const { clientSecret, id } = await loginIntents.create(options as never);
  return { id, options, payload: await payloadOf(options, clientSecret) };
}

async function payloadOf(options: object, clientSecret: string): Promise<Uint8Array> {
  const shown = encode({ ...options, clientSecret, signers: undefined } as never);
  const link = `codewallet://x/v1/elements/payment-request-modal-mobile/#/c/p=${shown}`;
  return (await parseScanned(link)).payload;
}

const statusOf = (intent: string) =>
  paymentIntents.getStatus({ intent, endpoint: made.endpoint } as never);

/** What lies at a rendezvous, as the published packages read it. */
async function kindsAt(payload: Uint8Array, id: string): Promise<(string | undefined)[]> {
  const seed = createHash('sha256').update(payload).digest();
  const scanned = { rendezvousKeypair: Keypair.fromSeed(seed), getIntentId: () => id };
  const messages = await poll(new Client(made.endpoint), scanned);
  return messages.map(({ kind }) => kind.case);
}

async function readPayment(wallet: Wallet, payload: Uint8Array): Promise<PaymentOffer> {
  const offer = await wallet.read(payload);
  if (offer.kind !== 'payment') throw new Error(`read a ${offer.kind}`);
  return offer;
}

describe('a wallet', () => {
  test('is empty, gets test money, and knows what it is worth', async () => {
    const wallet = await open();
    expect(await wallet.balance()).toBe(0n);
    const received = await wallet.faucet();
    expect(received > 0n).toBe(true);
    expect(await wallet.balance()).toBe(received);
    const { rates } = await wallet.rates();
    expect(rates.get('kin')).toBe(1);
    expect(rates.get('usd')).toBeGreaterThan(0);
    expect((await wallet.history()).items).toMatchObject([
      { direction: 'received', kind: 'faucet', quarks: received },
    ]);
  });

  test('knows what may be asked for', async () => {
    const usd = (await (await open()).limits()).get('usd');
    expect(usd).toEqual({ min: expect.any(Number), max: 250 });
    expect(usd?.min).toBeLessThanOrEqual(0.05);
  });

  test('that was paid to before it was ever opened has the money', async () => {
    const [from, to] = [await filled(), await open()];
    await from.send(to.address, 5, 'kin');
    expect(await to.balance()).toBe(500_000n);
    await to.send(from.address, 1, 'kin');
    expect(await to.balance()).toBe(400_000n);
  });
});

describe('a payment', () => {
  test('from the scan to both sides’ history', async () => {
    const [payer, payee] = [await filled(), await open()];
    const before = await payer.balance();
    const { id, payload } = await ask({ destination: payee.address, amount: 1.5 });
    const offer = await readPayment(payer, payload);
    expect(offer).toMatchObject({ intent: id, currency: 'usd', amount: 1.5, site: null });
    expect(await statusOf(id)).toMatchObject({ status: 'pending', codeScanned: true });
    const receipt = await payer.pay(offer);
    expect(receipt).toMatchObject({ intent: id, quarks: offer.quarks, user: null });
    expect(await statusOf(id)).toMatchObject({ status: 'confirmed', intentSubmitted: true });
    expect(await payer.balance()).toBe(before - offer.quarks);
    expect(await payee.balance()).toBe(offer.quarks);
    const row = { kind: 'request', intent: id, quarks: offer.quarks, currency: 'usd', amount: 1.5 };
    expect((await payer.history()).items[0]).toMatchObject({ ...row, direction: 'sent' });
    expect((await payee.history()).items).toMatchObject([{ ...row, direction: 'received' }]);
  });

  test('in kin, with fees, goes to each of them exactly', async () => {
    const [payer, payee, taker] = [await filled(), await open(), newAddress()];
    const fees = [
      { destination: taker, basisPoints: 33 },
      { destination: newAddress(), basisPoints: 100 },
    ];
    const options = { destination: payee.address, currency: 'kin', amount: 54_321, fees };
    const offer = await readPayment(payer, (await ask(options)).payload);
    expect(offer.fees.map(({ quarks }) => quarks)).toEqual([17_925_930n, 54_321_000n]);
    await payer.pay(offer);
    expect(await payee.balance()).toBe(5_432_100_000n - 72_246_930n);
    expect(await made.held(taker)).toBe(17_925_930n);
  });

  test('of 0.125 is found by either rounding', async () => {
    const payer = await filled();
    const { payload, id } = await ask({ amount: 0.125 });
    const offer = await readPayment(payer, payload);
    expect((await payer.pay(offer)).intent).toBe(id);
  });

  test('is made once, whoever tries again', async () => {
    const [payer, other] = [await filled(), await filled()];
    const { payload } = await ask();
    const offer = await readPayment(payer, payload);
    const theirs = await readPayment(other, payload);
    await payer.pay(offer);
    const [mine, others] = [await payer.balance(), await other.balance()];
    await expect(payer.pay(offer)).rejects.toMatchObject({ code: 'paid' });
    await expect(other.pay(theirs)).rejects.toMatchObject({ code: 'paid' });
    await expect(other.read(payload)).rejects.toMatchObject({ code: 'paid' });
    expect([await payer.balance(), await other.balance()]).toEqual([mine, others]);
  });

  test('by two wallets at once is made by one of them', async () => {
    const payers = [await filled(), await filled()];
    const { payload } = await ask();
    const ends = await Promise.allSettled(
      payers.map(async (payer) => payer.pay(await readPayment(payer, payload))),
    );
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('is refused where there is not enough, and can be made by another', async () => {
    const [poor, rich] = [await open(), await filled()];
    const { id, payload } = await ask();
    const offer = await readPayment(poor, payload);
    await expect(poor.pay(offer)).rejects.toMatchObject({ code: 'funds' });
    expect(await statusOf(id)).toMatchObject({ status: 'pending' });
    await rich.pay(await readPayment(rich, payload));
    expect(await statusOf(id)).toMatchObject({ status: 'confirmed' });
  });

  test('of other terms than the request’s is refused by the server, too', async () => {
    const payer = await filled();
    const offer = await readPayment(payer, (await ask()).payload);
    const destination = newAddress();
    for (const changes of [{ destination }, { amount: 0.06 }, { currency: 'eur' }]) {
      const changed = { ...offer, ...changes };
      await expect(payer.pay(changed)).rejects.toMatchObject({ code: 'refused' });
    }
  });

  test('that the shop has called off is over', async () => {
    const payer = await filled();
    const offer = await readPayment(payer, (await ask()).payload);
    const { paymentIntents: intents } = made.tender.client('tender');
    const [newest] = (await intents.list({ limit: 1 })).data;
    await intents.cancel(newest?.id ?? '');
    await expect(payer.pay(offer)).rejects.toMatchObject({
      code: 'over',
      message: 'The payment request was canceled.',
    });
  });

  test('with a verified domain tells it who paid', async () => {
    const payer = await filled();
    const { id, payload } = await ask({ login: LOGIN, signers: [VERIFIER] });
    const offer = await readPayment(payer, payload);
    expect(offer.site).toEqual({ domain: DOMAIN, verified: true });
    const { user } = await payer.pay(offer);
    const query = { intent: id, verifier: VERIFIER, endpoint: made.endpoint };
    const { userId } = await loginIntents.getUserId(query as never);
    expect([user, userId]).toEqual([userId, expect.any(String)]);
    expect(user).not.toBe(payer.address);
  });

  test('that is rejected is not made, and the shop is told', async () => {
    const payer = await filled();
    const { id, payload } = await ask();
    await payer.reject(await readPayment(payer, payload));
    const said = await kindsAt(payload, id);
    expect(said).toEqual(['requestToReceiveBill', 'codeScanned', 'clientRejectedPayment']);
    expect(await statusOf(id)).toMatchObject({ status: 'pending' });
  });
});

describe('a login', () => {
  test('gives the domain the same id each time, and no other domain’s', async () => {
    const wallet = await open();
    const users: (string | undefined)[] = [];
    for (const { id, payload } of [await askLogin(), await askLogin()]) {
      const offer = (await wallet.read(payload)) as LoginOffer;
      expect(offer).toMatchObject({ kind: 'login', site: { domain: DOMAIN, verified: true } });
      users.push(await wallet.login(offer));
      const query = { intent: id, verifier: VERIFIER, endpoint: made.endpoint };
      users.push((await loginIntents.getUserId(query as never)).userId);
    }
    expect(new Set(users).size).toBe(1);
    expect(users[0]).not.toBe(wallet.address);
  });

  test('is refused to a second wallet', async () => {
    const [one, two] = [await open(), await open()];
    const { payload } = await askLogin();
    await one.login((await one.read(payload)) as LoginOffer);
    const late = two.read(payload).then((offer) => two.login(offer as LoginOffer));
    await expect(late).rejects.toMatchObject({ code: expect.stringMatching(/paid|refused/) });
  });

  test('that is rejected is no login', async () => {
    const wallet = await open();
    const { id, payload } = await askLogin();
    await wallet.reject((await wallet.read(payload)) as LoginOffer);
    const query = { intent: id, verifier: VERIFIER, endpoint: made.endpoint };
    expect(await loginIntents.getUserId(query as never)).toEqual({ userId: undefined });
  });
});

describe('a tip', () => {
  test('goes to whoever has the name', async () => {
    const [giver, taken] = [await filled(), newAddress()];
    const put = await fetch(`${made.tender.url}/admin/code/tip_users/x/wallet_fan`, {
      method: 'PUT',
      headers: { authorization: 'Bearer sk_test_tender' },
      body: JSON.stringify({ address: taken, name: 'A fan' }),
    });
    expect(put.status).toBe(200);
    const { payload } = await parseScanned('https://tipcard.getcode.com/x/wallet_fan');
    const offer = await giver.read(payload);
    expect(offer).toEqual({
      ...{ kind: 'tip', username: 'wallet_fan', name: 'A fan', destination: taken },
    });
    const { quarks } = await giver.tip('wallet_fan', 0.25, 'usd');
    expect(await made.held(taken)).toBe(quarks);
  });

  test('to nobody is refused', async () => {
    const giver = await open();
    await expect(giver.tip('nobody_there', 1, 'kin')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a wallet that is watched', () => {
  test('tells of money as it comes, and of nothing else', async () => {
    const [from, to] = [await filled(), await open()];
    const news: WalletNews[] = [];
    let told = (): void => {};
    const next = () =>
      new Promise<void>((resolve) => {
        told = resolve;
      });
    const first = next();
    const stop = to.watch((one) => {
      news.push(one);
      told();
    });
    await first;
    const second = next();
    await from.send(to.address, 3, 'kin');
    await second;
    stop();
    expect(news.map(({ quarks }) => quarks)).toEqual([0n, 300_000n]);
  });
});

test('a long history comes in pages, newest first', async () => {
  const [from, to] = [await filled(), await open()];
  for (let i = 1; i <= 51; i += 1) await from.send(to.address, i, 'kin');
  const first = await to.history();
  const second = await to.history(first.next ?? undefined);
  const amounts = [...first.items, ...second.items].map(({ amount }) => amount);
  expect(amounts).toEqual(Array.from({ length: 51 }, (_, i) => 51 - i));
  expect(second.next).toBeNull();
});

test('a request that nobody paid in time is over', async () => {
  const payer = await filled();
  const { payload } = await ask();
  const offer = await readPayment(payer, payload);
  await made.tender.advance(25 * 3600);
  await expect(payer.read(payload)).rejects.toMatchObject({ code: 'over' });
  await expect(payer.pay(offer)).rejects.toMatchObject({
    code: 'over',
    message: 'The payment request has expired.',
  });
});
