import type { Texts } from './texts.js';

/** The texts of faults are word for word those that shops' tests of Stripe.js look for. */
export const EN: Texts = {
  faults: {
    incomplete_number: 'Your card number is incomplete.',
    invalid_number: 'Your card number is invalid.',
    incomplete_expiry: "Your card's expiration date is incomplete.",
    invalid_expiry_month_past: "Your card's expiration date is in the past.",
    invalid_expiry_year_past: "Your card's expiration year is in the past.",
    invalid_expiry_year: "Your card's expiration year is invalid.",
    incomplete_cvc: "Your card's security code is incomplete.",
    incomplete_zip: 'Your postal code is incomplete.',
    incomplete_name: 'Please provide your full name.',
    incomplete_email: 'Your email is incomplete.',
    invalid_email: 'Your email is invalid.',
    incomplete_iban: 'The IBAN you entered is incomplete.',
    invalid_iban: 'The IBAN you entered is invalid.',
    incomplete_routing_number: 'Your routing number is incomplete.',
    invalid_routing_number: 'Your routing number is invalid.',
    incomplete_account_number: 'Your account number is incomplete.',
    incomplete_payment_method: 'Please select a payment method.',
  },
  frame: 'Secure payment input frame',
  number: 'Card number',
  expiry: 'Expiration date',
  expiryForm: 'MM / YY',
  cvc: 'Security code',
  cvcShort: 'CVC',
  country: 'Country',
  postal: 'Postal code',
  zip: 'ZIP code',
  zipShort: 'ZIP',
  name: 'Full name',
  email: 'Email',
  routing: 'Routing number',
  account: 'Account number',
  holder: 'Account holder',
  individual: 'Individual',
  company: 'Company',
  accountType: 'Account type',
  checking: 'Checking',
  savings: 'Savings',
  method: 'Payment method',
  another: 'Use another payment method',
  ends: 'ending in',
  card: 'Card',
  sepa: 'SEPA Direct Debit',
  bank: 'US bank account',
  redirect: 'After submitting, you will be taken to another page to complete your payment.',
  shop: 'the shop',
  cardTerms:
    'By providing your card information, you allow {shop} to charge your card for future ' +
    'payments in accordance with their terms.',
  sepaTerms:
    'By providing your payment information and confirming this payment, you authorise (A) ' +
    '{shop} and its payment service provider to send instructions to your bank to debit your ' +
    'account and (B) your bank to debit your account in accordance with those instructions. ' +
    'You are entitled to a refund from your bank under the terms of your agreement with it. A ' +
    'refund must be claimed within 8 weeks from the date on which your account was debited.',
  bankTerms:
    'By continuing, you authorize {shop} to debit your bank account for the amount owed for ' +
    'your purchases, under its terms, until you revoke this authorization by giving notice.',
  offline: 'We could not reach the payment service. Check your connection and try again.',
};
