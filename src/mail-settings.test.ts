import { describe, expect, test } from 'vitest';
import { readMailSettings } from './mail-settings.js';

const FROM = 'pay@example.com';

describe('how letters leave', () => {
  test('nothing said is no mail server', () => {
    expect(readMailSettings(undefined, undefined)).toBeNull();
  });

  test.each([
    ['smtp://mail.example.com', { port: 587, isTls: false, login: null }],
    ['smtps://mail.example.com', { port: 465, isTls: true, login: null }],
    ['smtp://mail.example.com:2525/', { port: 2525, isTls: false }],
    ['smtp://ada:p%40ss%3Aword@mail.example.com', { login: { user: 'ada', pass: 'p@ss:word' } }],
    ['smtp://[::1]:25', { host: '::1', port: 25 }],
  ])('%s is read', (url, expected) => {
    expect(readMailSettings(url, FROM)).toMatchObject(expected);
  });

  test.each([
    ['pay@example.com', { name: '', address: 'pay@example.com' }],
    ['Shop <pay@example.com>', { name: 'Shop', address: 'pay@example.com' }],
    ['"Shop, Ltd" <pay@example.com>', { name: 'Shop, Ltd', address: 'pay@example.com' }],
  ])('letters are from %s', (sender, from) => {
    expect(readMailSettings('smtp://mail.example.com', sender)).toMatchObject({ from });
  });

  test.each([
    ['smtp://mail.example.com', undefined, 'TENDER_MAIL_FROM'],
    [undefined, FROM, 'TENDER_SMTP_URL'],
    ['mail.example.com', FROM, 'no mail server'],
    ['https://mail.example.com', FROM, 'no mail server'],
    ['smtp://mail.example.com/inbox', FROM, 'no mail server'],
    ['smtp://mail.example.com?pool=true', FROM, 'no mail server'],
    ['smtp://ada:secret%@mail.example.com', FROM, '%25'],
    ['smtp://mail.example.com', 'nobody', 'no address'],
    ['smtp://mail.example.com', 'Shop <pay@example.com>, eve@example.com', 'no address'],
    ['smtp://mail.example.com', 'Shop\r\nBcc: eve@example.com <pay@example.com>', 'no address'],
  ])('%s from %j is refused in one line, without its password', (url, sender, part) => {
    const read = readMailSettings(url, sender);
    const fault = read !== null && 'fault' in read ? read.fault : '';
    expect(fault).toContain(part);
    expect(fault).not.toMatch(/\n|secret/);
  });
});
