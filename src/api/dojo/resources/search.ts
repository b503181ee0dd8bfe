import type { Route } from '../route.js';

export const SEARCH_ROUTES: readonly Route[] = [];
