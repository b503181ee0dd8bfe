import { demand } from './errors.js';

export type Handler = (event: unknown) => unknown;

/** Handlers by the names of their events. */
export interface Listeners {
  add(type: string, handler: unknown): void;
  addOnce(type: string, handler: unknown): void;
  /** All handlers of the event, if none is named. */
  remove(type: string, handler?: unknown): void;
  /** Calls the handlers; what one throws is reported and keeps no other from its turn. */
  emit(type: string, event: unknown): void;
}

export function makeListeners(report: (error: unknown) => void): Listeners {
  const all = new Map<string, { handler: Handler; once: boolean }[]>();
  const add = (type: string, handler: unknown, once: boolean): void => {
    demand(typeof type === 'string' && type !== '', 'The event to listen to must be a string.');
    demand(typeof handler === 'function', `The handler for "${type}" must be a function.`);
    all.set(type, [...(all.get(type) ?? []), { handler: handler as Handler, once }]);
  };
  const remove = (type: string, handler?: unknown): void => {
    const left = (all.get(type) ?? []).filter(
      (each) => handler !== undefined && each.handler !== handler,
    );
    all.set(type, left);
  };
  return {
    add: (type, handler) => add(type, handler, false),
    addOnce: (type, handler) => add(type, handler, true),
    remove,
    emit: (type, event) => {
      for (const each of all.get(type) ?? []) {
        if (each.once) remove(type, each.handler);
        try {
          each.handler(event);
        } catch (error) {
          report(error);
        }
      }
    },
  };
}
