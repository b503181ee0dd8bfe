import { expect, test } from 'vitest';
import {
  type Fulfillment,
  INSTALLATION,
  type RendezvousRequest,
  type Submission,
} from '../../../domain/rendezvous.js';
import { type Told, webhookClaims } from './claims.js';

const ID = 'gT36whW8h6uWVf2azkwAnjMbVEnjja4qFNSdw93ukS2';
const ADDRESS = 'E8otxw1CVX9bfyddKu3ZB3BVLa4VVF9J7CTPdnUwT9jR';
const NOW_MS = 1_795_000_000_999;

const request: RendezvousRequest = {
  account: INSTALLATION,
  id: ID,
  merchant: 'acct_merchant',
  intent: 'pi_1',
  created: 1_795_000_000,
  terms: { destination: ADDRESS, currency: 'usd', nativeAmount: 0.05, quarks: null, fees: [] },
  domain: null,
  verifier: null,
  scannedAt: null,
  rejectedAt: null,
  login: null,
  webhook: null,
  paidMessage: null,
};
const submission: Submission = {
  account: INSTALLATION,
  id: 'sub_1',
  codeId: ID,
  kind: 'request',
  owner: ADDRESS,
  source: ADDRESS,
  destination: ADDRESS,
  quarks: 500_000_000n,
  currency: 'usd',
  nativeAmount: 0.05,
  rate: 0.00001,
  fees: [
    { destination: ADDRESS, quarks: '5000000' },
    { destination: '', quarks: '100000000' },
  ],
  created: 1_795_000_000,
  actions: '',
  signature: '',
  merchant: 'acct_merchant',
  intent: 'pi_1',
  transfer: 'txn_1',
  refund: null,
  fulfillment: null,
};
const told: Told = {
  event: 'submitted',
  request,
  submission,
  user: null,
  fulfillment: null,
  nowMs: NOW_MS,
};
const STANDARD = { iat: 1_795_000_000, exp: 1_795_000_300 };

test('a payment has the published claims in their order, then the standard ones', () => {
  expect(JSON.stringify(webhookClaims(told))).toBe(
    `{"amount":0.05,"currency":"USD","destination":"${ADDRESS}","exchangeRate":0.00001,` +
      `"fees":105000000,"intent":"${ID}","quarks":500000000,"state":"SUBMITTED",` +
      `"iat":1795000000,"exp":1795000300,"jti":"${ID}:submitted"}`,
  );
});

test('a payment with a login names the user', () => {
  expect(webhookClaims({ ...told, user: ADDRESS })).toMatchObject({ intent: ID, user: ADDRESS });
});

test('a settled payment names the transaction', () => {
  const fulfillment = { transaction: 'sig' } as Fulfillment;
  expect(webhookClaims({ ...told, event: 'settled', fulfillment })).toMatchObject({
    state: 'SETTLED',
    transaction: 'sig',
    jti: `${ID}:settled`,
  });
  expect(webhookClaims({ ...told, fulfillment })).not.toHaveProperty('transaction');
});

test('a login has the user alone', () => {
  const login = { ...told, request: { ...request, terms: null }, submission: null };
  const jti = `${ID}:submitted`;
  expect(webhookClaims({ ...login, user: ADDRESS })).toEqual({ user: ADDRESS, ...STANDARD, jti });
  expect(webhookClaims(login)).toEqual({ ...STANDARD, jti });
});

test('a payment that no wallet has made has what was asked for, and no quarks', () => {
  const { iat, exp, ...claims } = webhookClaims({ ...told, submission: null, user: null });
  expect(claims).toEqual({
    amount: 0.05,
    currency: 'USD',
    destination: ADDRESS,
    fees: 0,
    intent: ID,
    state: 'SUBMITTED',
    jti: `${ID}:submitted`,
  });
});
