import { describe, expect, test } from 'vitest';
import { accountNamed } from '../../../src/api/auth.js';
import { claimText } from '../../../src/api/code/admin/claims.js';
import { codeAdminMount } from '../../../src/api/code/admin/routes.js';
import { INSTALLATION } from '../../../src/domain/rendezvous.js';
import { toBase58 } from '../../../src/wire/code/base58.js';
import { keyOf } from '../../support/wallets.js';
import { bill, openDesk } from './request-desk.js';

const { made, services, stored, sent } = openDesk();

const till = keyOf('till');
const [shop, other] = [accountNamed('shop'), accountNamed('other')];
/** Whose key sets what belongs to the installation. */
const operator = accountNamed('operator');

interface Asked {
  readonly key?: string | null;
  readonly query?: string;
  readonly body?: unknown;
}

/** Asks as over HTTP; with the shop's secret key, unless it says otherwise. */
async function ask(
  method: string,
  path: string,
  { key = 'sk_test_shop', query = '', body }: Asked = {},
) {
  const { deps, errors } = services();
  const mount = codeAdminMount({ ...deps, defaultMerchant: operator });
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  const reply = await mount.handle({
    method,
    path: `/admin/code/${path}`,
    query,
    headers: key === null ? {} : { authorization: `Bearer ${key}` },
    body: Buffer.from(text),
    remoteAddress: '127.0.0.1',
  });
  expect(errors).toEqual([]);
  expect(reply.headers['content-type']).toBe('application/json');
  return { status: reply.status, ...JSON.parse(reply.body.toString()) };
}

const refused = (status: number, text: RegExp) => ({
  status,
  error: { message: expect.stringMatching(text) },
});

describe('destinations', () => {
  const path = `destinations/${till.address}`;

  test('are claimed, shown and given back with a secret key', async () => {
    const claimed = { status: 200, address: till.address, merchant: shop, proof: 'key' };
    expect(await ask('PUT', path)).toMatchObject(claimed);
    expect(await ask('PUT', path)).toMatchObject(claimed);
    expect(await ask('GET', path)).toMatchObject(claimed);
    expect(await ask('DELETE', path)).toMatchObject(claimed);
    expect(await ask('GET', path)).toEqual(refused(404, /not yours/));
    expect(await ask('DELETE', path)).toEqual(refused(404, /not yours/));
  });

  test('are the first one’s, who alone sees them', async () => {
    await ask('PUT', path);
    const key = 'sk_test_other';
    expect(await ask('PUT', path, { key })).toEqual(refused(409, /another account/));
    expect(await ask('GET', path, { key })).toEqual(refused(404, /not yours/));
    expect(await ask('DELETE', path, { key })).toEqual(refused(404, /not yours/));
    expect(await ask('GET', 'destinations', { key })).toMatchObject({ data: [], has_more: false });
  });

  test('decide whose a request is', async () => {
    await ask('PUT', path);
    expect(await sent(bill({ requestorAccount: { value: till.bytes } }))).toBe('ok');
    expect(await stored('intents')).toMatchObject([{ account: shop }]);
  });

  test('are listed page by page', async () => {
    const addresses = Array.from({ length: 102 }, (_, i) => keyOf(`till ${i}`).address);
    for (const address of addresses) await ask('PUT', `destinations/${address}`);
    const first = await ask('GET', 'destinations');
    expect(first).toMatchObject({ status: 200, has_more: true });
    const { address: last } = first.data.at(-1);
    const second = await ask('GET', 'destinations', { query: `after=${last}` });
    expect(second).toMatchObject({ has_more: false });
    const listed = [...first.data, ...second.data].map(({ address }) => address);
    expect(new Set(listed)).toEqual(new Set(addresses));
    expect(listed).toHaveLength(102);
    for (const after of ['%00', 'x', ''])
      expect(await ask('GET', 'destinations', { query: `after=${after}` })).toEqual(
        refused(400, /32 bytes in base58/),
      );
  });

  test('need an address, a method and a secret key', async () => {
    expect(await ask('PUT', 'destinations/0OIl')).toEqual(refused(400, /32 bytes in base58/));
    expect(await ask('POST', path)).toEqual(refused(405, /does not take POST/));
    expect(await ask('GET', path, { key: null })).toEqual(refused(401, /Send a secret key/));
    expect(await ask('PUT', path, { key: null })).toEqual(refused(401, /Send a secret key/));
    expect(await ask('PUT', path, { key: 'pk_test_shop' })).toEqual(refused(403, /secret key/));
    expect(await ask('PUT', path, { key: 'sk_live_shop' })).toEqual(refused(401, /opens nothing/));
    expect(await ask('GET', 'nowhere')).toEqual(refused(404, /nothing here/));
    expect(await stored('destinations')).toEqual([]);
  });
});

describe('a destination claimed by its own key', () => {
  const path = `destinations/${till.address}`;

  /** A claim signed now, or so many seconds from now. */
  function claim({ merchant = other, signer = till, seconds = 0 } = {}) {
    const at = made().clock.ms / 1000 + seconds;
    const text = claimText(till.address, { merchant, at });
    return { merchant, at, signature: toBase58(signer.sign(Buffer.from(text))) };
  }

  test('is whose it names', async () => {
    const at = 1_795_435_200;
    expect(claimText('address', { merchant: 'acct_1', at })).toBe(
      'Tender: requests to address belong to acct_1 (signed at 1795435200)',
    );
    const claimed = { status: 200, merchant: other, proof: 'signature' };
    expect(await ask('PUT', path, { key: null, body: claim() })).toMatchObject(claimed);
    expect(await ask('GET', path, { key: 'sk_test_other' })).toMatchObject(claimed);
  });

  test('stays the first one’s', async () => {
    await ask('PUT', path);
    expect(await ask('PUT', path, { key: null, body: claim() })).toEqual(
      refused(409, /another account/),
    );
  });

  test('needs its signature, over what it says, of these minutes', async () => {
    const end = (body: unknown) => ask('PUT', path, { key: null, body });
    const foreign = claim({ signer: keyOf('thief') });
    expect(await end(foreign)).toEqual(refused(403, /signature is not the address's/));
    expect(await end({ ...claim(), merchant: shop })).toEqual(refused(403, /not the address's/));
    expect(await end({ ...claim(), at: 1 })).toEqual(refused(403, /not the address's/));
    expect(await end(claim({ seconds: -601 }))).toEqual(refused(403, /601 seconds/));
    expect(await end(claim({ seconds: 601 }))).toEqual(refused(403, /601 seconds/));
    expect(await end({ ...claim(), merchant: INSTALLATION })).toEqual(refused(400, /^merchant/));
    expect(await end({ ...claim(), at: 'now' })).toEqual(refused(400, /^at must be/));
    expect(await end({ ...claim(), signature: 'x' })).toEqual(refused(400, /64 bytes in base58/));
    expect(await end('[')).toEqual(refused(400, /JSON object/));
    expect(await stored('destinations')).toEqual([]);
  });
});

describe('tipped users', () => {
  const path = 'tip_users/X/GetCode';
  const key = 'sk_test_operator';
  const body = { address: till.address, name: 'Code' };

  test('are set, shown and forgotten by the installation’s first account', async () => {
    const user = { status: 200, platform: 'x', username: 'getcode', ...body };
    expect(await ask('PUT', path, { key, body })).toMatchObject(user);
    expect(await ask('GET', 'tip_users/x/getcode', { key })).toMatchObject(user);
    expect(await ask('DELETE', path, { key })).toMatchObject(user);
    expect(await ask('GET', path, { key })).toEqual(refused(404, /no such user/));
  });

  test('are nobody else’s to set, and need an address and names', async () => {
    expect(await ask('PUT', path, { body })).toEqual(refused(403, /first account/));
    const end = (at: string, sentBody: unknown = body) => ask('PUT', at, { key, body: sentBody });
    expect(await end('tip_users/y/getcode')).toEqual(refused(400, /platform/));
    expect(await end('tip_users/x/get.code')).toEqual(refused(400, /1 to 15 letters/));
    expect(await end(path, { ...body, address: 'x' })).toEqual(refused(400, /^address/));
    expect(await end(path, { ...body, name: '' })).toEqual(refused(400, /^name/));
    expect(await ask('POST', path, { key, body })).toEqual(refused(405, /does not take POST/));
    expect(await stored('tip_users')).toEqual([]);
  });
});
