import type { Route } from '../route.js';

export const SETUP_INTENT_ROUTES: readonly Route[] = [];
