import { isSetup, type Purpose } from '../../engine/choice.js';

/** The shop's address with what happened, as Stripe appends it. */
export function returnAddress(returnUrl: string, purpose: Purpose, succeeded: boolean): string {
  const url = new URL(returnUrl);
  const name = isSetup(purpose) ? 'setup_intent' : 'payment_intent';
  url.searchParams.set(name, purpose.id);
  url.searchParams.set(`${name}_client_secret`, purpose.clientSecret);
  url.searchParams.set('redirect_status', succeeded ? 'succeeded' : 'failed');
  return url.toString();
}
