import { describe, expect, test } from 'vitest';
import { parseForm } from '../form.js';
import { hash, type Param } from '../params.js';
import { parseParams } from '../params-parse.js';
import {
  apiVersion,
  currency,
  email,
  paymentMethodType,
  returnUrl,
  statementDescriptor,
  webUrl,
} from './formats.js';

function parse(field: Param<unknown, 'optional'>, sent: string) {
  const form = parseForm(`x=${encodeURIComponent(sent)}`);
  if (!form.ok) throw new Error(form.error.message);
  const result = parseParams(hash({ x: field }), form.tree);
  return result.ok ? result.value.x : result.error;
}

describe('statement descriptor', () => {
  test.each(['Custom descriptor', 'a', 'RUNCLUB 10-22-23', 'x'.repeat(22)])('takes %s', (text) =>
    expect(parse(statementDescriptor(), text)).toBe(text),
  );

  test('is unset by an empty string', () => {
    expect(parse(statementDescriptor(), '')).toBeNull();
  });

  test('is at most 22 characters', () => {
    expect(parse(statementDescriptor(), 'A descriptor of thirty letters')).toEqual({
      status: 400,
      type: 'invalid_request_error',
      message:
        'The statement descriptor must be at most 22 characters. ' +
        'A descriptor of thirty letters is 30 characters long.',
      param: 'x',
    });
  });

  test.each(['a<', 'a>', "a'", 'a"', 'a*', 'a\\', '123456', '12.34', 'éè'])('refuses %s', (text) =>
    expect(parse(statementDescriptor(), text)).toMatchObject({ status: 400, param: 'x' }),
  );
});

describe('email', () => {
  test.each(['a@b.co', 'first.last+tag@sub.example.com', 'ü@exämple.de'])('takes %s', (text) =>
    expect(parse(email(), text)).toBe(text),
  );

  test.each(['a', '@b.co', 'a@', 'a@b', 'a@b.', 'a@.b', 'a b@c.de', 'a@b@c.de', 'a@b.c\n'])(
    'refuses %j',
    (text) =>
      expect(parse(email(), text)).toMatchObject({
        message: `Invalid email address: ${text}`,
        code: 'email_invalid',
      }),
  );
});

describe('addresses', () => {
  test('of webhooks are http', () => {
    expect(parse(webUrl(), 'http://127.0.0.1:3000/hook')).toBe('http://127.0.0.1:3000/hook');
    expect(parse(webUrl(), 'example.com/hook')).toMatchObject({
      message: 'Invalid URL: An explicit scheme (such as https) must be provided.',
      code: 'url_invalid',
    });
    expect(parse(webUrl(), 'ftp://example.com')).toMatchObject({ message: 'Not a valid URL' });
    expect(parse(webUrl(), 'https://')).toMatchObject({ message: 'Not a valid URL' });
  });

  test('to return to may be an app, never a script', () => {
    expect(parse(returnUrl(), 'shop-app://done')).toBe('shop-app://done');
    expect(parse(returnUrl(), 'javascript:alert(1)')).toMatchObject({ code: 'url_invalid' });
    expect(parse(returnUrl(), 'JavaScript://%0aalert(1)')).toMatchObject({ code: 'url_invalid' });
    expect(parse(returnUrl(), 'data://text/html,x')).toMatchObject({ code: 'url_invalid' });
  });
});

test('a currency is taken in either case', () => {
  expect(parse(currency(), 'USD')).toBe('usd');
  expect(parse(currency(), 'XYZ')).toMatchObject({
    message: expect.stringMatching(/^Invalid currency: xyz\. Stripe currently supports/),
  });
});

test('a payment method type is one of the API, whether or not it has parameters', () => {
  expect(parse(paymentMethodType(), 'card')).toBe('card');
  expect(parse(paymentMethodType(), 'gcash')).toBe('gcash');
  expect(parse(paymentMethodType(), 'gold')).toMatchObject({
    message: expect.stringMatching(/^The payment method type provided: gold is invalid\./),
  });
});

test('a version is a date, and since 2024 a name', () => {
  expect(parse(apiVersion(), '2023-08-16')).toBe('2023-08-16');
  expect(parse(apiVersion(), '2026-10-28.endive')).toBe('2026-10-28.endive');
  expect(parse(apiVersion(), 'latest')).toEqual({
    status: 400,
    type: 'invalid_request_error',
    message: 'Invalid Stripe API version: latest',
  });
});
