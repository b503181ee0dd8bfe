import { createPublicKey } from 'node:crypto';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { fromBase58 } from '../../../wire/code/base58.js';
import { keyMounts } from './key-mounts.js';
import { makeSigningKey } from './signing-key.js';

// RFC 8032, section 7.1, test 1.
const SEED = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
const PUBLIC = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';

const key = makeSigningKey(SEED);

test('the public key is the one of the seed', () => {
  expect(Buffer.from(fromBase58(key.publicKey, 32) ?? []).toString('hex')).toBe(PUBLIC);
  expect(() => makeSigningKey(SEED.subarray(1))).toThrow(RangeError);
});

test('a JWT verifies as the published example does it', async () => {
  const jwt = key.sign({ intent: 'a', amount: 0.05 });
  const spki = Buffer.from(`302a300506032b6570032100${PUBLIC}`, 'hex');
  const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  const { payload } = await jwtVerify(jwt, publicKey, { algorithms: ['EdDSA'] });
  expect(payload).toEqual({ intent: 'a', amount: 0.05 });
  expect(decodeProtectedHeader(jwt)).toEqual({ alg: 'EdDSA', kid: key.publicKey, typ: 'JWT' });
});

test('the key is published as a JWKS and as text', async () => {
  const replies = new Map(
    await Promise.all(
      keyMounts(key).map(async ({ prefix, handle }) => {
        const reply = await handle({ method: 'GET' } as never);
        return [prefix, reply.body.toString()] as const;
      }),
    ),
  );
  for (const path of ['/.well-known/jwks.json', '/v1/code/jwks.json']) {
    const keys = createLocalJWKSet(JSON.parse(replies.get(path) ?? ''));
    expect((await jwtVerify(key.sign({ a: 1 }), keys)).payload).toEqual({ a: 1 });
  }
  expect(replies.get('/v1/code/publicKey')).toBe(key.publicKey);
});

test('the key is read, not written', async () => {
  for (const { handle } of keyMounts(key))
    expect(await handle({ method: 'POST' } as never)).toMatchObject({ status: 405 });
});
