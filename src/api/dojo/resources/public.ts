import type { Route } from '../route.js';

export const PUBLIC_ROUTES: readonly Route[] = [];
