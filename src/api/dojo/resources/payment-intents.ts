import type { Route } from '../route.js';

export const PAYMENT_INTENT_ROUTES: readonly Route[] = [];
