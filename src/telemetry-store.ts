import { context, SpanKind } from '@opentelemetry/api';
import type { Store, Transaction } from './storage/store.js';
import type { Tracing } from './telemetry.js';

/** The store with spans around what payments and their callers wait for. */
export function tracedStore(store: Store, tracing: Tracing): Store {
  const system = store.capabilities.shared ? 'postgresql' : 'sqlite';
  const around = <T>(operation: string, run: () => Promise<T>): Promise<T> => {
    const attributes = { 'db.system.name': system, 'db.operation.name': operation };
    return tracing.below(operation, { kind: SpanKind.CLIENT, attributes }, run);
  };
  const watched = ({ load, write }: Transaction): Transaction => ({
    load: (keys, findings) => around('load', () => load(keys, findings)),
    write: (changes) => around('write', () => write(changes)),
  });
  return {
    ...store,
    transact: (batchId, body) =>
      around('transact', () => {
        // The store calls it from wherever its answers arrive.
        const bound = context.bind(context.active(), body);
        return store.transact(batchId, (transaction) => bound(watched(transaction)));
      }),
    load: (keys, findings) => around('load', () => store.load(keys, findings)),
    page: (request) => around('page', () => store.page(request)),
    search: (request) => around('search', () => store.search(request)),
  };
}
