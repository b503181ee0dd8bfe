import { expect, test } from 'vitest';
import { declineMessage } from './decline-messages.js';

test.each([
  ['card_declined', 'generic_decline', 'Your card was declined.'],
  ['card_declined', 'lost_card', 'Your card was declined.'],
  ['card_declined', 'insufficient_funds', 'Your card has insufficient funds.'],
  ['expired_card', null, 'Your card has expired.'],
  ['expired_card', 'expired_card', 'Your card has expired.'],
  ['incorrect_cvc', null, "Your card's security code is incorrect."],
  ['incorrect_number', null, 'Your card number is incorrect.'],
  [
    'processing_error',
    null,
    'An error occurred while processing your card. Try again in a little bit.',
  ],
  [
    'authentication_required',
    'authentication_required',
    'Your card was declined. This transaction requires authentication.',
  ],
  [
    'card_declined',
    'live_mode_test_card',
    'Your card was declined. Your request was in live mode, but used a known test card.',
  ],
])('%s, %s', (code, declineCode, text) => {
  expect(declineMessage(code, declineCode)).toBe(text);
});

test('an unknown decline code falls back to its error code, and that to the general text', () => {
  expect(declineMessage('expired_card', 'call_issuer')).toBe('Your card has expired.');
  expect(declineMessage('constructor', 'toString')).toBe('Your card was declined.');
});
