import type { Answer } from '../../src/engine/command.js';
import { plainCall } from '../support/engine.js';
import type { Chance } from './chance.js';
import type { NetworkFaults } from './network.js';
import type { Node } from './node.js';
import type { Operation } from './operations.js';
import { type Scheduler, WORLD } from './scheduler.js';

/** What a client has learnt of one operation. */
export interface Wish {
  readonly operation: Operation;
  /** Null until somebody has answered. */
  answer: { readonly status: number; readonly body: string } | null;
  /** How often it was asked for. */
  sent: number;
}

export interface ClientsOptions {
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  readonly faults: NetworkFaults;
  readonly clients: number;
  readonly operationsPerClient: number;
  /** The next wish of a client. */
  next(key: string): Operation;
  /** A process that takes requests; null where none does. */
  node(): Node | null;
  /** Told where a process answers: at that moment all of it must be on disk. */
  acknowledged(operation: Operation, answer: Answer): void;
  /** Told what no client may ever see. */
  fault(text: string): void;
}

const WAY_MS = 20;
const PATIENCE_MS_MIN = 1_500;
const THINKING_MS = 150;

/** Several clients at once, each of whom asks for one thing after the other until it has it. */
export class Clients {
  readonly wishes: Wish[] = [];
  #busy = 0;
  readonly #options: ClientsOptions;

  constructor(options: ClientsOptions) {
    this.#options = options;
  }

  /** All has been asked for and answered. */
  get areDone(): boolean {
    return this.#busy === 0;
  }

  start(): void {
    const { clients, scheduler, chance } = this.#options;
    for (let client = 0; client < clients; client++) {
      this.#busy++;
      scheduler.after(chance.next() * THINKING_MS, 'client', () => this.#wish(client, 0), WORLD);
    }
  }

  #wish(client: number, count: number): void {
    const { scheduler, chance, operationsPerClient, next } = this.#options;
    if (count === operationsPerClient) {
      this.#busy--;
      return;
    }
    const operation = next(`key_${client}_${count}`);
    const wish: Wish = { operation, answer: null, sent: 0 };
    this.wishes.push(wish);
    const think = (): void => {
      const ms = chance.next() * THINKING_MS;
      scheduler.after(ms, 'client', () => this.#wish(client, count + 1), WORLD);
    };
    this.#ask(wish, think);
    // As a client does whose user has pressed twice.
    if (chance.hits(0.06)) this.#send(wish, () => {});
  }

  /** Asks until there is an answer, and now and then once more after it. */
  #ask(wish: Wish, answered: () => void): void {
    const { scheduler, chance } = this.#options;
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      if (wish.answer === null) this.#ask(wish, answered);
      else {
        if (chance.hits(0.15))
          scheduler.after(chance.next() * 5_000, 'replay', () => this.#send(wish, () => {}), WORLD);
        answered();
      }
    };
    this.#send(wish, end);
    const patienceMs = PATIENCE_MS_MIN + chance.next() * PATIENCE_MS_MIN;
    scheduler.after(patienceMs, 'client gives up', end, WORLD);
  }

  /** One request; `ended` when its answer, or an error, has come back, if it ever does. */
  #send(wish: Wish, ended: () => void): void {
    const { scheduler, chance, faults } = this.#options;
    wish.sent++;
    if (chance.hits(faults.lost)) return;
    const back = (what: string, work: () => void): void => {
      if (chance.hits(faults.answerLost)) return;
      const arrive = (): void => {
        work();
        ended();
      };
      scheduler.after(chance.next() * WAY_MS, what, arrive, WORLD);
    };
    const node = this.#options.node();
    if (node === null) {
      scheduler.after(200 + chance.next() * 200, 'no server', ended, WORLD);
      return;
    }
    const { operation } = wish;
    const claim = { key: operation.key, path: operation.kind, digest: operation.key };
    const arrive = (): void => {
      const call = plainCall(operation.command, claim, `req_${operation.key}_${wish.sent}`);
      node.engine.call(operation.command, call).then(
        (answer) => {
          this.#options.acknowledged(operation, answer);
          back('answer', () => this.#take(wish, answer));
        },
        // What failed has left nothing, or nobody knows: it is asked for again.
        () => back('error', () => {}),
      );
    };
    scheduler.after(chance.next() * WAY_MS, 'request', arrive, node.owner);
  }

  #take(wish: Wish, { status, body }: Answer): void {
    const before = wish.answer;
    wish.answer = before ?? { status, body };
    if (before === null || (before.status === status && before.body === body)) return;
    const { key, kind } = wish.operation;
    this.#options.fault(`${kind} ${key} was answered ${before.body}, then ${body}`);
  }
}
