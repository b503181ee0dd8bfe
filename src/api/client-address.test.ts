import { describe, expect, test } from 'vitest';
import { makeClientAddress } from './client-address.js';

const from = (text: string) => ({ 'x-forwarded-for': text });

test('without a proxy the header is not read', () => {
  expect(makeClientAddress('none')).toBeUndefined();
});

describe('behind a proxy that is not named', () => {
  const address = makeClientAddress('peer');

  test.each([
    ['9.9.9.9', '9.9.9.9'],
    ['1.1.1.1, 9.9.9.9', '9.9.9.9'],
    ['9.9.9.9:1234', '9.9.9.9'],
    ['[2001:db8::1]:80', '2001:db8::1'],
    ['unknown', '10.0.0.1'],
    ['', '10.0.0.1'],
  ])('%j is read as %s', (header, expected) => {
    expect(address?.('10.0.0.1', from(header))).toBe(expected);
  });

  test('a request without the header comes from the proxy', () => {
    expect(address?.('10.0.0.1', {})).toBe('10.0.0.1');
  });
});

describe('behind named proxies', () => {
  const address = makeClientAddress(['10.0.0.0/8', '::1', '192.0.2.7']);

  test.each([
    ['9.9.9.9', '6.6.6.6, 8.8.8.8', '9.9.9.9'],
    ['10.0.0.1', '6.6.6.6, 8.8.8.8', '8.8.8.8'],
    ['10.0.0.1', '6.6.6.6, 8.8.8.8, 10.2.3.4, 192.0.2.7', '8.8.8.8'],
    ['::1', '10.0.0.2', '10.0.0.2'],
    ['10.0.0.1', '6.6.6.6, rubbish', '10.0.0.1'],
  ])('%s with %j is %s', (peer, header, expected) => {
    expect(address?.(peer, from(header))).toBe(expected);
  });
});
