/** Where a code is explained: the address that Stripe's own errors carry. */
export function docUrl(code: string): string {
  return `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`;
}
