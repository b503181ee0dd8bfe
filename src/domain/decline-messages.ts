const DECLINED = 'Your card was declined.';

/**
 * What a customer reads when a card is refused, word for word as merchants' code and tests know it
 * from the Stripe API. Keyed by error code and by decline code; see `declineMessage`.
 */
export const DECLINE_MESSAGES = {
  card_declined: DECLINED,
  generic_decline: DECLINED,
  lost_card: DECLINED,
  stolen_card: DECLINED,
  fraudulent: DECLINED,
  card_velocity_exceeded: DECLINED,
  insufficient_funds: 'Your card has insufficient funds.',
  expired_card: 'Your card has expired.',
  incorrect_cvc: "Your card's security code is incorrect.",
  incorrect_number: 'Your card number is incorrect.',
  processing_error: 'An error occurred while processing your card. Try again in a little bit.',
  authentication_required: 'Your card was declined. This transaction requires authentication.',
  test_mode_live_card:
    'Your card was declined. Your request was in test mode, but used a non test (live) card. ' +
    'For a list of valid test cards, visit: https://stripe.com/docs/testing.',
  live_mode_test_card:
    'Your card was declined. Your request was in live mode, but used a known test card.',
  invalid_number: 'The card number is not a valid credit card number.',
  invalid_expiry_month: "Your card's expiration month is invalid.",
  invalid_expiry_year: "Your card's expiration year is invalid.",
  invalid_cvc: "Your card's security code is invalid.",
} as const;

const MESSAGES: ReadonlyMap<string, string> = new Map(Object.entries(DECLINE_MESSAGES));

/**
 * The text of a refusal: the decline code's own where it has one, else the error code's, else that
 * the card was declined. A bank's new code must not leave a customer without a text.
 */
export function declineMessage(code: string, declineCode: string | null): string {
  return MESSAGES.get(declineCode ?? code) ?? MESSAGES.get(code) ?? DECLINED;
}
