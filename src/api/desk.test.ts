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
  // What is random may have the mark that parts an id.
  expect(withoutSecrets('/dashboard/invite/AAM8tI1EfpV_SNTZAtv1onbL3U1oeziT')).toBe(
    '/dashboard/invite/AAM8[hidden]',
  );
  expect(withoutSecrets('/v1/x/pi_0OzK4yQ001abcdefghijklmn_secret_0OzK4yQ001abc')).toBe(
    '/v1/x/pi_0[hidden]',
  );
  expect(withoutSecrets(`/checkout/link_${secret}/pay`)).toBe('/checkout/link[hidden]/pay');
});
