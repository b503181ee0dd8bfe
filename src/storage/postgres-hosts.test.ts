import { expect, test } from 'vitest';
import { hostUrls } from './postgres-hosts.js';

test('one host stays as it is written', () => {
  const url = 'postgres://u:p%2C@db.example:5432/tender?sslmode=require&target_session_attrs=any';
  expect(hostUrls(url)).toEqual([url]);
  expect(hostUrls('postgres:///tender')).toEqual(['postgres:///tender']);
});

test('each of several hosts gets a URL with all that they share', () => {
  expect(hostUrls('postgresql://u:p@one:5432,two:5433/tender?sslmode=require')).toEqual([
    'postgresql://u:p@one:5432/tender?sslmode=require',
    'postgresql://u:p@two:5433/tender?sslmode=require',
  ]);
  expect(hostUrls('postgres://one,[::1]:5433/tender')).toEqual([
    'postgres://one/tender',
    'postgres://[::1]:5433/tender',
  ]);
});

test.each([
  ['?target_session_attrs=read-write', ''],
  ['?target_session_attrs=read-write&sslmode=require', '?sslmode=require'],
  ['?sslmode=require&target_session_attrs=primary', '?sslmode=require'],
])('which host is wanted goes without saying: %s', (parameters, left) => {
  expect(hostUrls(`postgres://one,two/tender${parameters}`)[0]).toBe(
    `postgres://one/tender${left}`,
  );
});
