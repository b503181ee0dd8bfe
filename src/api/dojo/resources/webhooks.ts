import type { Route } from '../route.js';

export const WEBHOOK_ROUTES: readonly Route[] = [];
