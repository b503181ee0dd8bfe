import { expect, test } from 'vitest';
import { withoutSecrets } from './desk.js';

test('a path keeps its ids in the log, and loses its secrets', () => {
  const secret = 'a1'.repeat(16);
  const token = `${'Ab-_'.repeat(40)}`;
  expect(withoutSecrets('/v1/payment_intents/pi_0OzK4yQ001abcdefghijklmn/confirm')).toBe(
    '/v1/payment_intents/pi_0OzK4yQ001abcdefghijklmn/confirm',
  );
  expect(withoutSecrets('/payment-intents/pi_sandbox_0OzK4yQ001abcdefghijklmn')).toBe(
    '/payment-intents/pi_sandbox_0OzK4yQ001abcdefghijklmn',
  );
  expect(withoutSecrets(`/challenge/acct_YJhTVukqaQuudf2P/pi_1/${secret}`)).toBe(
    '/challenge/acct_YJhTVukqaQuudf2P/pi_1/a1a1[hidden]',
  );
  expect(withoutSecrets(`/api/payments/${token}`)).toBe('/api/payments/Ab-_[hidden]');
  expect(withoutSecrets(`/checkout/link_${secret}/pay`)).toBe('/checkout/link[hidden]/pay');
});
