import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { toBase58 } from '../../../src/wire/code/base58.js';
import { base64UrlBytes } from '../../wallet/curve.js';
import { CodeError, WebhookError } from './errors.js';
import { makeVerifier, type VerifyOptions } from './webhooks.js';

const NOW_MS = Date.UTC(2026, 10, 23, 12);
const NOW = NOW_MS / 1000;
const ENDPOINT = 'https://pay.example/v1';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

let pair: Pair;
let publicKey: string;

const base58Of = async ({ publicKey: key }: Pair): Promise<string> =>
  toBase58(base64UrlBytes((await exportJWK(key)).x ?? ''));

beforeAll(async () => {
  pair = await generateKeyPair('EdDSA', { extractable: true });
  publicKey = await base58Of(pair);
});

const CLAIMS = { intent: 'a', state: 'SUBMITTED', iat: NOW, exp: NOW + 300, jti: 'a:submitted' };

function signed(claims: object = CLAIMS, by: Pair = pair, kid = publicKey): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'JWT' })
    .sign(by.privateKey);
}

const nowMs = (): number => NOW_MS;

describe('a webhook by a key that is known', () => {
  const read = (jwt: string, over: VerifyOptions = {}) =>
    makeVerifier()(jwt, { publicKey, nowMs, ...over });

  test('says what was signed', async () => {
    expect(await read(await signed())).toEqual(CLAIMS);
    const bytes = new TextEncoder().encode(`${await signed()}\n`);
    expect(await makeVerifier()(bytes, { publicKey, nowMs })).toEqual(CLAIMS);
  });

  test('is not believed where a byte differs', async () => {
    const [header, payload, signature] = (await signed()).split('.');
    const other = btoa(JSON.stringify({ ...CLAIMS, intent: 'b' })).replace(/=+$/, '');
    const unsafe = btoa(JSON.stringify({ alg: 'none' })).replace(/=+$/, '');
    const foreign = await signed(CLAIMS, await generateKeyPair('EdDSA', { extractable: true }));
    for (const [jwt, why] of [
      [`${header}.${other}.${signature}`, 'the signature is wrong'],
      [foreign, 'the signature is wrong'],
      [`${unsafe}.${payload}.${signature}`, 'the algorithm is not EdDSA'],
      [`${header}.${payload}`, 'not a compact JWT'],
      [`${header}.${payload}.${signature}.x`, 'not a compact JWT'],
      ['!.!.!', 'not a compact JWT'],
      ['', 'not a compact JWT'],
    ] as const) {
      const error = await read(jwt).catch((reason: unknown) => reason);
      expect(error, jwt).toBeInstanceOf(WebhookError);
      expect((error as Error).message).toBe(why);
    }
  });

  test('is good for as long as it says', async () => {
    const at = (seconds: number) => () => NOW_MS + seconds * 1000;
    const jwt = await signed();
    expect(await read(jwt, { nowMs: at(329) })).toEqual(CLAIMS);
    await expect(read(jwt, { nowMs: at(330) })).rejects.toThrow('it has expired');
    await expect(read(jwt, { nowMs: at(-31) })).rejects.toThrow('it is from the future');
    await expect(read(jwt, { nowMs: at(301), tolerance_seconds: 0 })).rejects.toThrow('expired');
    await expect(read(await signed({ intent: 'a' }))).rejects.toThrow('when it expires');
  });

  test('needs a key that is one', async () => {
    await expect(read(await signed(), { publicKey: 'abc' })).rejects.toThrow(RangeError);
  });
});

describe('a webhook by a published key', () => {
  /** A sequencer that publishes keys, and how often it was asked for them. */
  async function publishing(...pairs: Pair[]) {
    const keys: object[] = [];
    const publish = async (one: Pair): Promise<void> =>
      void keys.push({ ...(await exportJWK(one.publicKey)), kid: await base58Of(one) });
    for (const one of pairs) await publish(one);
    const asked: string[] = [];
    const answer = { status: 200 };
    const own: typeof fetch = async (url) => {
      asked.push(String(url));
      return new Response(JSON.stringify({ keys: [null, { kty: 'RSA' }, ...keys] }), answer);
    };
    return { asked, answer, publish, options: { endpoint: ENDPOINT, fetch: own, nowMs } };
  }

  test('is read with a key that is asked for once', async () => {
    const { asked, options } = await publishing(pair);
    const verify = makeVerifier();
    for (let i = 0; i < 2; i += 1) expect(await verify(await signed(), options)).toEqual(CLAIMS);
    expect(asked).toEqual([`${ENDPOINT}/code/jwks.json`]);
  });

  test('is read after the sequencer has got a new key', async () => {
    const { asked, publish, options } = await publishing(pair);
    const verify = makeVerifier();
    const next = await generateKeyPair('EdDSA', { extractable: true });
    const jwt = await signed(CLAIMS, next, await base58Of(next));
    await expect(verify(jwt, options)).rejects.toThrow('a key that is not published');
    await publish(next);
    await expect(verify(jwt, options)).rejects.toThrow('a key that is not published');
    expect(asked).toHaveLength(1);
    const later = { ...options, nowMs: () => NOW_MS + 10_000 };
    expect(await verify(jwt, later)).toEqual(CLAIMS);
  });

  test('cannot be read while the keys are not to be had', async () => {
    const { answer, options } = await publishing(pair);
    const verify = makeVerifier();
    answer.status = 503;
    await expect(verify(await signed(), options)).rejects.toThrow(CodeError);
    answer.status = 200;
    expect(await verify(await signed(), options)).toEqual(CLAIMS);
    await expect(makeVerifier()(await signed(), { nowMs })).rejects.toThrow('endpoint is required');
  });
});
