import type { Route } from '../route.js';

export const CUSTOMER_ROUTES: readonly Route[] = [];
