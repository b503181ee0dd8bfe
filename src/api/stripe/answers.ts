import { type Answer, type JsonSchema, refTo } from '../openapi.js';
import type { Route } from './route.js';

/** What `object` says in answers, where it is not the singular of the path's word. */
const KINDS: Readonly<Record<string, string>> = {
  account: 'account',
  balance: 'balance',
  cash_balance: 'cash_balance',
  cash_balance_transactions: 'customer_cash_balance_transaction',
  checkout_link: 'checkout_link',
  deliveries: 'webhook_delivery',
  dispute: 'dispute',
  early_fraud_warnings: 'radar.early_fraud_warning',
  fund_cash_balance: 'customer_cash_balance_transaction',
  history: 'balance_transaction',
  rules: 'radar.rule',
  sessions: 'elements_session',
  test_clocks: 'test_helpers.test_clock',
};

/** What is done to one thing, though it ends as a word for many. */
const VERB = /^verify_/;

function kindOfWord(word: string): string | null {
  if (Object.hasOwn(KINDS, word)) return KINDS[word] ?? null;
  return word.endsWith('s') && !VERB.test(word) ? word.slice(0, -1) : null;
}

/** Words that lead to one thing, not to a list of them. */
const SINGLE = /^(account|balance|cash_balance|dispute|sessions)$/;

const wordsOf = ({ path }: Pick<Route, 'path'>): string[] =>
  path.split('/').filter((word) => !/^(|v1|test_helpers|radar|elements|:.*)$/.test(word));

/** The kind of object that a route is about: that of the last word which leads to one. */
export function kindOf(route: Pick<Route, 'path'>): string {
  const kinds = wordsOf(route).map(kindOfWord);
  return kinds.findLast((kind) => kind !== null) ?? 'object';
}

/** Whether it answers with a list, with what a search has found, or with one object. */
export function formOf({ method, path }: Pick<Route, 'method' | 'path'>) {
  const last = path.split('/').at(-1) ?? '';
  if (last === 'search') return 'search';
  const leadsToMany = !last.startsWith(':') && !SINGLE.test(last) && kindOfWord(last) !== null;
  return method === 'GET' && leadsToMany ? 'list' : 'object';
}

/** What a route answers with. */
export function answerOf(route: Pick<Route, 'method' | 'path'>): Answer {
  const kind = kindOf(route);
  switch (formOf(route)) {
    case 'object':
      return { about: `The ${kind}.`, schema: refTo(kind) };
    case 'list':
      return { about: `A list of ${kind}, the newest first.`, schema: pageOf('list', kind) };
    case 'search':
      return { about: `What was found.`, schema: pageOf('search_result', kind) };
  }
}

function pageOf(object: string, kind: string): JsonSchema {
  return {
    type: 'object',
    required: ['object', 'data', 'has_more', 'url'],
    properties: {
      object: { const: object },
      data: { type: 'array', items: refTo(kind) },
      has_more: { type: 'boolean' },
      url: { type: 'string' },
    },
  };
}

/** A schema for each kind of object that the routes answer with: its fields are the original's. */
export function kindSchemas(routes: readonly Route[]): Record<string, JsonSchema> {
  const kinds = [...new Set(routes.map(kindOf))].sort();
  return Object.fromEntries(kinds.map((kind) => [kind, kindSchema(kind)]));
}

function kindSchema(kind: string): JsonSchema {
  return {
    type: 'object',
    required: ['object'],
    properties: { object: { const: kind }, id: { type: 'string' } },
  };
}
