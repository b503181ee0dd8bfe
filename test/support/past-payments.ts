import type { PastPayment } from '../../src/domain/past-payment.js';
import { EMPTY_BILLING } from '../../src/domain/payment-method.js';

const NOTHING = {
  description: null,
  metadata: {},
  receiptEmail: null,
  shipping: null,
  statementDescriptor: null,
  statementDescriptorSuffix: null,
};

/** A payment of 10 dollars, 3 of which were given back. */
export function past(over: Partial<PastPayment> = {}): PastPayment {
  const refunds = [
    { id: 're_1a', created: 30, amount: 300n, reason: null, metadata: {}, transfer: null },
  ];
  return {
    ...NOTHING,
    id: 'pi_1a',
    created: 10,
    amount: 1000n,
    currency: 'usd',
    customer: null,
    captureMethod: 'automatic',
    methodTypes: ['card'],
    canceledAt: null,
    cancellationReason: null,
    isDirect: false,
    metadata: { order_id: '7' },
    attempts: [
      {
        ...NOTHING,
        id: 'ch_1a',
        state: 'captured',
        created: 20,
        amount: 1000n,
        captured: 1000n,
        fee: 59n,
        method: 'pm_1a',
        methodType: 'card',
        card: null,
        billing: EMPTY_BILLING,
        decline: null,
        calculatedDescriptor: '',
        transfer: 'txn_1a',
        refunds,
      },
    ],
    ...over,
  };
}
