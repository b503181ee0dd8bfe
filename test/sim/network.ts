import type { DeliveryTry } from '../../src/domain/subscription.js';
import { cardSimulator } from '../../src/rails/card/simulator.js';
import type { AuthorizeRequest, AuthorizeResult, RemoteRail } from '../../src/rails/rail.js';
import type { Chance } from './chance.js';
import { type Owner, type Scheduler, WORLD } from './scheduler.js';

/** What may happen to a message, each from 0 to 1; none of it where all are zero. */
export interface NetworkFaults {
  /** It never arrives. */
  lost: number;
  /** Its answer never arrives. */
  answerLost: number;
  /** The answer comes after whoever waits has given up. */
  late: number;
  /** It arrives, and the receiver answers with an error. */
  refused: number;
}

/** For so long a message is on its way, at most; milliseconds. */
const WAY_MS = 40;

interface Link {
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  readonly faults: NetworkFaults;
}

/** Whoever waits for an answer gives up after this time. */
const PATIENCE_MS = 3_000;

/** The receivers of webhooks: they write down what reaches them, and what they have answered. */
export class Sink {
  /** Events that have arrived, by URL, each time that they did. */
  readonly arrived = new Map<string, string[]>();
  /** URL and event of what was answered with success. */
  readonly answered = new Set<string>();
  /** Every URL's first tries, in the order in which they were begun. */
  readonly begun = new Map<string, string[]>();
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  /** Sends as a process does; resolves with how it ended, if the process lives to see it. */
  async post(owner: Owner, url: string, body: string): Promise<DeliveryTry> {
    const { scheduler, chance, faults } = this.#link;
    const event = eventOf(body);
    const begun = listOf(this.begun, url);
    if (!begun.includes(event)) begun.push(event);
    const startMs = scheduler.nowMs;
    const isLost = chance.hits(faults.lost);
    const wayMs = chance.next() * WAY_MS;
    let status: number | null = null;
    if (!isLost) {
      scheduler.after(
        wayMs,
        'webhook arrives',
        () => {
          status = this.#receive(url, event);
        },
        WORLD,
      );
    }
    const noAnswer = isLost || chance.hits(faults.answerLost) || chance.hits(faults.late);
    const waitMs = noAnswer ? PATIENCE_MS : wayMs + 1 + chance.next() * WAY_MS;
    await scheduler.wait(waitMs, 'webhook ends', owner);
    const durationMs = Math.round(scheduler.nowMs - startMs);
    const error = noAnswer ? 'no answer' : null;
    return { atMs: 0, durationMs, status: noAnswer ? null : status, error, response: null };
  }

  #receive(url: string, event: string): number {
    const { chance, faults } = this.#link;
    listOf(this.arrived, url).push(event);
    if (chance.hits(faults.refused)) return 500;
    this.answered.add(`${url} ${event}`);
    return 200;
  }
}

function eventOf(body: string): string {
  const { id } = JSON.parse(body) as { id: string };
  return id;
}

function listOf(lists: Map<string, string[]>, name: string): string[] {
  const list = lists.get(name) ?? [];
  lists.set(name, list);
  return list;
}

/** A card network elsewhere: it knows an attempt by its id, and charges it once. */
export class RemoteCards {
  /** What it has decided, by attempt. */
  readonly decided = new Map<string, { request: AuthorizeRequest; result: AuthorizeResult }>();
  /** How often it was asked. */
  asked = 0;
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  /** The rail as one process reaches it. */
  rail(owner: Owner): RemoteRail {
    return { ...cardSimulator, kind: 'remote', authorize: (request) => this.#ask(owner, request) };
  }

  async #ask(owner: Owner, request: AuthorizeRequest): Promise<AuthorizeResult> {
    const { scheduler, chance, faults } = this.#link;
    const isLost = chance.hits(faults.lost);
    const wayMs = chance.next() * WAY_MS * 2;
    let result: AuthorizeResult | null = null;
    if (!isLost) {
      scheduler.after(
        wayMs,
        'rail decides',
        () => {
          result = this.#decide(request);
        },
        WORLD,
      );
    }
    if (isLost || chance.hits(faults.answerLost)) {
      await scheduler.wait(wayMs + 100, 'rail is gone', owner);
      throw new Error('the rail closed the connection');
    }
    const lateMs = chance.hits(faults.late) ? PATIENCE_MS * (1 + chance.next() * 8) : 0;
    await scheduler.wait(wayMs + 1 + chance.next() * WAY_MS + lateMs, 'rail answers', owner);
    return chance.hits(faults.refused) || result === null ? { outcome: 'unknown' } : result;
  }

  #decide(request: AuthorizeRequest): AuthorizeResult {
    this.asked++;
    const known = this.decided.get(request.attempt);
    if (known !== undefined) return known.result;
    const result = cardSimulator.authorize(request);
    this.decided.set(request.attempt, { request, result });
    return result;
  }
}
