import { describe, expect, test } from 'vitest';
import { packOptions, unpackOptions } from '../../sdk/code/browser/element-options.js';
import { readAddress } from './address.js';
import { amountText, headingOf } from './texts.js';

const options = { mode: 'payment', amount: 0.05, currency: 'usd' } as const;
const hash = `#/abc123/p=${packOptions(options)}`;

describe('the address of a frame', () => {
  test.each([
    ['payment-request-button/', 'payment', 'button', 'desktop'],
    ['payment-request-modal-desktop/', 'payment', 'modal', 'desktop'],
    ['payment-request-page-mobile', 'payment', 'page', 'mobile'],
  ])('%s', (name, mode, part, device) => {
    const address = readAddress(`/v1/elements/${name}`, hash);
    expect(address).toEqual({ mode, part, device, channel: 'abc123', options });
  });

  test('has no channel where it is only loaded ahead', () => {
    const preload = hash.replace('abc123', 'preload');
    expect(readAddress('/v1/elements/payment-request-modal-mobile/', preload)?.channel).toBeNull();
  });

  test.each([
    ['another path', '/v1/elements/payment-request-card/', hash],
    ['no hash', '/v1/elements/payment-request-button/', ''],
    ['no options', '/v1/elements/payment-request-button/', '#/abc/p=%%%'],
    ['a list', '/v1/elements/payment-request-button/', `#/abc/p=${btoa('[]')}`],
  ])('with %s is none', (_, path, text) => {
    expect(readAddress(path, text)).toBeNull();
  });

  test('carries names that are not ASCII', () => {
    const named = { ...options, platform: { name: 'x', username: 'Jürgen 🙂' } };
    expect(unpackOptions(packOptions(named))).toEqual(named);
  });
});

describe('what a request says', () => {
  test.each([
    [0.05, 'usd', 'en', '$0.05'],
    [1234.5, 'EUR', 'de', '1.234,50\u00a0€'],
    [500, 'jpy', 'en', '¥500'],
    [5.5, 'jpy', 'en', '¥5.5'],
    [10_000, 'kin', 'en', '10,000 Kin'],
    [1, 'usd', 'not a locale', '1 USD'],
  ])('%d %s', (amount, currency, locale, text) => {
    expect(amountText(amount, currency, locale)).toBe(text);
  });

  test('names who is paid', () => {
    const destination = 'E8otxw1CVX9bfyddKu3ZB3BVLa4VVF9J7CTPdnUwT9jR';
    expect(headingOf('payment', { ...options, destination }).detail).toBe('to E8ot…T9jR');
    const login = { domain: 'example.com', verifier: destination };
    expect(headingOf('payment', { ...options, destination, login }).detail).toBe('to example.com');
    expect(headingOf('login', { login }).subject).toBe('example.com');
    const platform = { name: 'x', username: 'getcode' };
    expect(headingOf('tip', { platform })).toMatchObject({ what: 'Tip', subject: '@getcode' });
  });
});
