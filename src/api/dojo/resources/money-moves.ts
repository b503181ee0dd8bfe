import type { Route } from '../route.js';

export const MONEY_MOVE_ROUTES: readonly Route[] = [];
