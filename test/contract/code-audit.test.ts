import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { INSTALLATION } from '../../src/domain/rendezvous.js';
import { audit } from '../../src/engine/audit.js';
import { openRelationship, openWallet } from '../../src/engine/wallets.js';
import type { Store } from '../../src/storage/store.js';
import { makeTestEngine } from '../support/engine.js';
import { run } from '../support/payments.js';
import { openTestStore, type TestStore } from '../support/stores.js';
import {
  answerTo,
  fund,
  keyOf,
  newCodeId,
  payment,
  request,
  signedBy,
  submit,
  type TestKey,
} from '../support/wallets.js';
import { rowEditor } from './rows.js';

let testStore: TestStore;
let store: Store;

const [payer, shop, friend] = ['payer', 'shop', 'friend'].map(keyOf) as [TestKey, TestKey, TestKey];

beforeAll(async () => {
  testStore = await openTestStore();
});
afterAll(() => testStore.close());

/** Some of everything that wallets do. */
beforeEach(async () => {
  store = await testStore.fresh();
  const { engine } = makeTestEngine(store);
  await fund(engine, payer, 100_000_000_000n);
  const own = { action: 1, destination: null, quarks: 7n };
  await submit(engine, payment(payer, friend, { quarks: 1_000n, fees: [own] }));
  const fees = [{ destination: friend.address, basisPoints: 100 }];
  const id = await request(engine, { destination: shop, fees });
  await submit(engine, answerTo(id, payer, shop, { fees }));
  await run(engine, openWallet(signedBy(shop, newCodeId())));
  const about = { domain: 'shop.example', address: keyOf('relation').address };
  await run(engine, openRelationship(signedBy(payer, newCodeId()), about));
  expect(await audit(store)).toEqual([]);
});

const { one, alter, remove, plant } = rowEditor(() => store);

const kind = (wanted: string) => (row: { kind: string }) => row.kind === wanted;
const at = (key: TestKey) => (row: { id: string }) => row.id === key.address;

/** Base64 with its first byte changed. */
function forged(text: string): string {
  const bytes = Buffer.from(text, 'base64');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return bytes.toString('base64');
}

/** What is broken, how, and what must be said of it. */
const FAULTS: [string, () => Promise<void>, RegExp][] = [
  [
    'a wallet with more than its ledger account',
    () => alter('wallets', at(payer), ({ balance }) => ({ balance: balance + 1n })),
    /wallet .*: its balance is \d+, its ledger account has \d+/,
  ],
  [
    'a wallet below nothing',
    () => alter('wallets', at(payer), () => ({ balance: -1n })),
    /its balance is -1/,
  ],
  [
    'money of a wallet that is gone',
    () => remove('wallets', at(friend)),
    /ledger account wallet:\w+: there is no such wallet/,
  ],
  [
    'signed bytes that were changed',
    () => alter('submissions', kind('transfer'), ({ actions }) => ({ actions: forged(actions) })),
    /its signature is not by its owner/,
  ],
  [
    'a signature that was changed',
    () =>
      alter('submissions', kind('relationship'), ({ signature }) => ({
        signature: forged(signature),
      })),
    /its signature is not by its owner/,
  ],
  [
    'another owner',
    () => alter('submissions', kind('open'), () => ({ owner: friend.address })),
    /its signature is not by its owner/,
  ],
  [
    'an owner who is no key',
    () => alter('submissions', kind('open'), () => ({ owner: 'O0' })),
    /its owner is no key/,
  ],
  [
    'a payment that says it has moved more',
    () => alter('submissions', kind('transfer'), ({ quarks }) => ({ quarks: quarks + 1n })),
    /does not split its quarks as it says/,
  ],
  [
    'a fee that says it was more',
    () =>
      alter('submissions', kind('request'), ({ fees }) => ({
        fees: fees.map((fee) => ({ ...fee, quarks: '1' })),
      })),
    /does not split its quarks as it says/,
  ],
  [
    'a payment that nothing moves',
    () => alter('submissions', kind('transfer'), () => ({ transfer: null })),
    /0 means move its 1000 quarks/,
  ],
  [
    'a payment that is moved twice',
    () => alter('submissions', kind('transfer'), () => ({ fulfillment: 'ful_none' })),
    /2 means move its 1000 quarks/,
  ],
  [
    'an opening that moves money',
    async () => {
      const { transfer } = await one('submissions', kind('airdrop'));
      await alter('submissions', kind('open'), () => ({ transfer }));
    },
    /1 means move its 0 quarks/,
  ],
  [
    'another payment’s transfer',
    async () => {
      const { transfer } = await one('submissions', kind('transfer'));
      await alter('submissions', kind('airdrop'), () => ({ transfer }));
    },
    /its transfer txn_\w+ is another's/,
  ],
  [
    'a transfer that is gone',
    () => remove('transfers', kind('wallet_payment')),
    /there is no txn_\w+ in transfers/,
  ],
  [
    'a transfer without its submission',
    () => remove('submissions', kind('airdrop')),
    /there is no sub_\w+ in submissions/,
  ],
  [
    'a fulfillment without its submission',
    () =>
      plant({
        table: 'fulfillments',
        kind: 'insert',
        row: {
          account: INSTALLATION,
          id: 'ful_1',
          submission: 'sub_none',
          owner: payer.address,
          state: 'pending',
          nonce: 'n',
          wire: '',
          transaction: 't',
          created: 1,
          tries: 0,
          fault: null,
        },
      }),
    /there is no sub_none in submissions/,
  ],
  [
    'a paid request whose intent is not there',
    () => alter('submissions', kind('request'), () => ({ intent: 'pi_none' })),
    /its intent pi_none of \w+ is not there/,
  ],
  [
    'a paid request without an intent',
    () => alter('submissions', kind('request'), () => ({ intent: null })),
    /it is a request, and pays no intent/,
  ],
  [
    'a paid request whose intent is not paid',
    () =>
      alter(
        'intents',
        () => true,
        () => ({ state: 'awaiting_method' as const, captured: 0n, authorized: 0n }),
      ),
    /submission .*: its intent pi_\w+ is awaiting_method/,
  ],
  [
    'an intent that another submission has paid',
    () =>
      alter(
        'attempts',
        () => true,
        ({ methodDetails }) => ({ methodDetails: { ...methodDetails, submission: 'sub_other' } }),
      ),
    /its intent pi_\w+ was paid otherwise/,
  ],
];

describe('the audit of wallets finds', () => {
  test.each(FAULTS)('%s', async (_name, breakIt, expected) => {
    await breakIt();
    expect((await audit(store)).join('\n')).toMatch(expected);
  });

  test('nothing beside working wallets', async () => {
    const { engine } = makeTestEngine(store);
    let working = true;
    const work = (async () => {
      while (working) await submit(engine, payment(payer, friend, { quarks: 1n }));
    })();
    const faults = [...(await audit(store)), ...(await audit(store))];
    working = false;
    await work;
    expect(faults.filter((fault) => !fault.endsWith('were not compared'))).toEqual([]);
    expect(await audit(store)).toEqual([]);
  });
});
