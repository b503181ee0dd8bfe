import { expect, test } from 'vitest';
import { Refusal, type StripeRequest } from '../request.js';
import { TEST_CLOCK_ROUTES } from './test-clocks.js';

test.each(TEST_CLOCK_ROUTES)('$method $path is nothing for a live key', async ({ handle }) => {
  const request = { view: { livemode: true }, path: { id: 'account' } } as unknown as StripeRequest;
  const refusal = await handle({ frozen_time: 1 }, request).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(Refusal);
  expect((refusal as Refusal).error.status).toBe(403);
});
