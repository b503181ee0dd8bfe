import type { Fact } from '../domain/fact.js';
import type { Subscription } from '../domain/subscription.js';

/** One of the events that a dialect makes of a fact. */
export interface ToldEvent {
  readonly id: string;
  readonly type: string;
}

/** What is sent to a subscriber: everything but the time and signature is the same every time. */
export interface Message {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A dialect's way of telling facts as events; `main.ts` registers one per dialect. */
export interface EventTeller {
  readonly dialect: Subscription['dialect'];
  /** The fact's events in the dialect's words, in the order in which they are told. */
  events(fact: Fact): ToldEvent[];
  /**
   * The message that carries one of them. `secrets` sign it, the newest first; `nowMs` is the time
   * of sending.
   */
  message(telling: {
    fact: Fact;
    index: number;
    subscription: Subscription;
    audience: number;
    secrets: string[];
    nowMs: number;
  }): Message;
}
