import { describe, expect, test } from 'vitest';
import {
  airdrop,
  openRelationship,
  openWallet,
  RELATIONSHIPS_MAX,
} from '../../src/engine/wallets.js';
import { useTestEngine } from '../support/engine-suite.js';
import { fail, run } from '../support/payments.js';
import { fund, keyOf, newCodeId, signedBy, type TestKey } from '../support/wallets.js';

const made = useTestEngine();
const [payer, shop, friend, partner] = ['payer', 'shop', 'friend', 'partner'].map(keyOf) as [
  TestKey,
  TestKey,
  TestKey,
  TestKey,
];

describe('wallets', () => {
  test('are opened once, by their own key', async () => {
    const first = await run(made.engine, openWallet(signedBy(payer, newCodeId())));
    expect(first).toMatchObject({ id: payer.address, owner: payer.address, kind: 'primary' });
    await run(made.engine, openWallet(signedBy(payer, newCodeId())));
    expect(await made.store.scan('submissions', null, 10)).toHaveLength(1);
  });

  test('are one for each domain', async () => {
    const open = (key: TestKey, domain: string, owner = payer) =>
      openRelationship(signedBy(owner, newCodeId()), { domain, address: key.address });
    const opened = await run(made.engine, open(friend, 'shop.example'));
    expect(opened).toMatchObject({ kind: 'relationship', domain: 'shop.example' });
    await run(made.engine, open(friend, 'shop.example'));
    expect(await fail(made.engine, open(partner, 'shop.example'))).toMatchObject({
      fault: 'relationship_exists',
    });
    expect(await fail(made.engine, open(friend, 'shop.example', shop))).toMatchObject({
      fault: 'account_taken',
    });
  });

  test('are at most so many for one owner', async () => {
    const open = (n: number) =>
      openRelationship(signedBy(payer, newCodeId()), {
        domain: `shop${n}.example`,
        address: keyOf(`shop${n}`).address,
      });
    await Promise.all(
      Array.from({ length: RELATIONSHIPS_MAX }, (_, n) => run(made.engine, open(n))),
    );
    const all = await made.store.scan('wallets', null, RELATIONSHIPS_MAX + 1);
    expect(all).toHaveLength(RELATIONSHIPS_MAX);
    expect(await fail(made.engine, open(RELATIONSHIPS_MAX))).toEqual({
      failure: 'limit_reached',
      what: 'relationships',
      max: RELATIONSHIPS_MAX,
    });
    // One of those that there are is still answered.
    expect(await run(made.engine, open(0))).toMatchObject({ domain: 'shop0.example' });
  });

  test('get test money up to a balance', async () => {
    await fund(made.engine, payer, 900n);
    const more = airdrop(signedBy(payer, newCodeId()), {
      quarks: 101n,
      balance_quarks_max: 1_000n,
    });
    expect(await fail(made.engine, more)).toMatchObject({ failure: 'limit_reached' });
    const [wallet] = await made.store.scan('wallets', null, 2);
    expect(wallet).toMatchObject({ id: payer.address, balance: 900n });
  });
});
