import type { Route } from '../route.js';

export const TERMINAL_ROUTES: readonly Route[] = [];
