import type { Route } from '../route.js';

export const EPOS_ROUTES: readonly Route[] = [];
