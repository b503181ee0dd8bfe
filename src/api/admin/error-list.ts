import type { ErrorEntry } from '../openapi.js';

type Row = readonly [code: string, statuses: readonly number[], meaning: string, remedy: string];

const STATE = 'Read the payment again, and see what it allows.';

const ROWS: readonly Row[] = [
  ['sign_in', [401], 'Nobody has signed in.', 'Sign in, or send a secret key.'],
  ['wrong', [401], 'Address and password do not belong together.', 'Try again.'],
  ['too_often', [429], 'It was tried too often.', 'Wait a quarter of an hour.'],
  ['key', [401, 403], 'The key is unknown, has ended, or may not do this.', 'Use a secret key.'],
  ['account', [403], 'You may not see this account.', 'Name one of those of GET session.'],
  ['role', [403], 'Your role does not allow this.', 'Ask an admin.'],
  ['csrf', [403], 'A session’s call carries no token of it.', 'Send x-csrf as GET session says.'],
  ['stranger', [403], 'The call comes from another site’s page.', 'Call from a server, by key.'],
  ['self', [409], 'This is you: who changes himself may lock himself out.', 'Ask another admin.'],
  ['invalid', [400, 413], 'Something was sent that cannot be; the text names it.', 'Correct it.'],
  ['missing', [404], 'There is no such call, or no such object in the account.', 'Check the id.'],
  ['method', [405], 'The call has another method.', 'See which in the reference.'],
  ['overloaded', [503], 'The server is busy. Nothing was done.', 'Try again in a moment.'],
  ['trouble', [500], 'Something went wrong here; the server’s log tells what.', 'Ask again.'],
  ['live', [409], 'This is for a sandbox only.', 'Use a sandbox.'],
  ['intent_state', [409], 'The payment’s state does not allow this.', STATE],
  ['declined', [409], 'The bank has declined.', 'Ask for another way to pay.'],
  ['amount_above_capturable', [409], 'This is more than is held.', STATE],
  ['capture_released', [409], 'The rest of the hold was released.', STATE],
  ['refund_above_remaining', [409], 'More than what can still be refunded.', 'Refund less.'],
  ['already_refunded', [409], 'All of it is refunded already.', STATE],
  ['refund_uncaptured', [409], 'Nothing is captured yet.', 'Cancel the payment instead.'],
  ['no_charge_to_refund', [409], 'Nothing was paid.', 'There is nothing to refund.'],
  ['attempt_disputed', [409], 'The customer’s bank has taken the money.', 'Answer the dispute.'],
  ['attempt_in_flight', [409], 'A payment is on its way.', 'Wait for its end.'],
  ['not_reversible', [409], 'The payment cannot be reversed any more.', 'Refund it instead.'],
  ['rail_cannot', [409], 'What it was paid with does not allow this.', 'See what it can do.'],
  ['dispute_closed', [409], 'The dispute is decided.', 'Nothing can be done any more.'],
  ['key_over', [409], 'The key is over already.', 'Make another.'],
  ['key_configured', [409], 'The key is in the configuration.', 'Change it there.'],
  ['limit_reached', [409], 'There are as many as there may be.', 'Remove one first.'],
  ['clock_advancing', [409], 'The clock is on its way already.', 'Wait until it is there.'],
  ['clock_not_later', [409], 'A clock goes forward only.', 'Name a later time.'],
  ['clock_too_far', [409], 'A clock goes forward by two years at most at once.', 'Go in steps.'],
  [
    'idempotency_mismatch',
    [409],
    'The idempotency key was used with another body.',
    'Use a new key for a new call.',
  ],
  [
    'idempotency_other_path',
    [409],
    'The idempotency key was used for another call.',
    'Use a new key for a new call.',
  ],
];

/** Every code that the admin API answers with. */
export const ADMIN_ERRORS: readonly ErrorEntry[] = ROWS.map(
  ([code, statuses, meaning, remedy]) => ({ code, statuses, meaning, remedy }),
);
