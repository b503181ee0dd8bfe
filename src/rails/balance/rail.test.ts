import { describe, expect, test } from 'vitest';
import type { PaymentMethod } from '../../domain/payment-method.js';
import type { AuthorizeRequest } from '../rail.js';
import { balanceRail } from './rail.js';

const request = (details: PaymentMethod['details']) =>
  ({ method: { details }, amount: 5n }) as unknown as AuthorizeRequest;

describe('the balance rail', () => {
  test('agrees to what a submission has paid, at once and for good', () => {
    const paid = { network: 'balance', submission: 'sub_1' };
    expect(balanceRail.authorize(request(paid))).toMatchObject({
      outcome: 'succeeded',
      approval: { availableAtOnce: true, aftermath: null },
    });
  });

  test('declines what nobody has signed, and a chain’s payment', () => {
    for (const details of [null, {}, { submission: 'sub_1' }, { network: 'balance' }])
      expect(balanceRail.authorize(request(details))).toMatchObject({ outcome: 'failed' });
    const onChain = { network: 'solana', submission: 'sub_1' };
    expect(balanceRail.authorize(request(onChain)).outcome).toBe('failed');
  });

  test('keeps no method', () => {
    expect(balanceRail.attach({} as PaymentMethod)).not.toBeNull();
  });
});
