import { setTimeout as pause } from 'node:timers/promises';
import type { Fact } from '../../domain/fact.js';
import type { Engine } from '../../engine/engine.js';
import { invalid } from './fault.js';
import type { AdminRequest } from './request.js';
import { type Route, reading } from './route.js';
import type { Updates } from './schema.js';

/** Shorter than proxies wait for an answer. */
const WAIT_MS_MAX = 25_000;
const LOOK_MS = 500;
/** Pages that wait at once; others are answered at once, and ask again. */
const WAITING_MAX = 200;
const FACTS_MAX = 100;

/** Sorts before all facts. */
const BEFORE_ALL = 'fact_';

/** The id of the intent that a fact is about, out of a snapshot; null where it is about none. */
function intentOf({ intent, attempt, refund, dispute, inquiry }: Fact): string | null {
  if (intent !== null) return idIn(intent, 'id');
  const snapshot = attempt ?? refund ?? dispute ?? inquiry;
  return snapshot === null ? null : idIn(snapshot, 'intent');
}

function idIn(snapshot: string, name: string): string | null {
  const value = (JSON.parse(snapshot) as Record<string, unknown>)[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

async function newest(engine: Engine, account: string): Promise<string> {
  const [fact] = await engine.page({ table: 'facts', account, conditions: [], limit: 1 });
  return fact?.id ?? BEFORE_ALL;
}

const waiting = new WeakMap<Engine, number>();

async function updates({ engine, account, query }: AdminRequest): Promise<Updates> {
  const after = query.get('after') ?? '';
  if (after === '') return { last: await newest(engine, account), intents: [] };
  if (!/^fact_\w{0,60}$/.test(after)) throw invalid('after is not the last of an answer.');
  const until = performance.now() + WAIT_MS_MAX;
  const others = waiting.get(engine) ?? 0;
  waiting.set(engine, others + 1);
  try {
    for (;;) {
      const request = { table: 'facts', account, conditions: [], limit: FACTS_MAX } as const;
      const facts = await engine.page({ ...request, newerThan: after });
      const [latest] = facts;
      if (latest !== undefined) {
        const ids = facts.flatMap((fact) => intentOf(fact) ?? []);
        return { last: latest.id, intents: [...new Set(ids)] };
      }
      if (others >= WAITING_MAX || performance.now() + LOOK_MS > until)
        return { last: after, intents: [] };
      await pause(LOOK_MS);
    }
  } finally {
    waiting.set(engine, (waiting.get(engine) ?? 1) - 1);
  }
}

export const UPDATE_ROUTES: readonly Route[] = [
  reading('/updates', 'Waits for news of payments; after is the last that was seen', updates),
];
