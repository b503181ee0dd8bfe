import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Mount } from './api/http.js';
import type { DeliveryTry } from './domain/subscription.js';
import type { Committed } from './engine/batch.js';
import type { Vault } from './engine/work.js';
import { addGauges, type Watched } from './telemetry-gauges.js';
import { countCommits } from './telemetry-payments.js';
import { KNOWN_METHODS, type RouteFinder } from './telemetry-routes.js';
import { makeTally } from './telemetry-tally.js';

/** What the program counts, for `/metrics`. Times are in milliseconds. */
export interface Metrics {
  /** An answer was sent. `dialect` is the API that gave it. */
  answered(
    dialect: string,
    mount: Mount | null,
    request: { readonly method: string; readonly path: string },
    status: number,
    ms: number,
  ): void;
  /** A call of an RPC dialect has ended: `ok`, or the name of its error's code. */
  called(method: string, outcome: string): void;
  /** A batch is durable. */
  readonly committed: Committed;
  /** A command was not taken in. */
  overloaded(): void;
  /** A delivery was tried. */
  delivered(end: DeliveryTry): void;
  /** A remote rail has answered, or not in time. */
  railAnswered(rail: string, outcome: string, ms: number): void;
  /** A job has run. */
  jobEnded(kind: string, outcome: 'done' | 'failed'): void;
  /** The vault, counting what it is used for. */
  watchVault(vault: Vault): Vault;
  /** Everything, in the text format of Prometheus. */
  render(): Promise<string>;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const POWERS_OF_TWO = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

const STATUS_CLASSES = ['other', '1xx', '2xx', '3xx', '4xx', '5xx'];

/** Makes the counters, in a registry of their own. */
export function makeMetrics(watched: Watched, routeOf: RouteFinder): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  addGauges(registry, watched);
  const http = makeHttpCounters(registry);
  const engine = makeEngineCounters(registry);
  const outside = makeOutsideCounters(registry);
  const countCommit = countCommits(registry);
  return {
    answered: (dialect, mount, { method: asked, path }, statusCode, ms) => {
      const method = KNOWN_METHODS.has(asked) ? asked : 'other';
      const status = STATUS_CLASSES[(statusCode / 100) | 0] ?? 'other';
      http.durations.observe({ dialect, method, status }, ms / 1000);
      http.requests(dialect, method, routeOf(dialect, mount, path), status);
    },
    called: (method, outcome) => http.calls.inc({ method, outcome }),
    committed: (commands, changes, tookMs, verdicts) => {
      engine.batches.observe(commands);
      engine.commits.observe(tookMs / 1000);
      engine.rows.inc(changes.length);
      countCommit(commands, changes, tookMs, verdicts);
    },
    overloaded: () => engine.overloaded.inc(),
    delivered: ({ status, durationMs }) => {
      const isDelivered = status !== null && status >= 200 && status < 300;
      const outcome = isDelivered ? 'delivered' : status === null ? 'unreachable' : 'refused';
      outside.deliveries(outcome);
      outside.tries.observe(durationMs / 1000);
    },
    railAnswered: (rail, outcome, ms) => outside.rails.observe({ rail, outcome }, ms / 1000),
    jobEnded: (kind, outcome) => outside.jobs(kind, outcome),
    watchVault: (vault) => {
      const counted = <A extends unknown[], R>(operation: string, run: (...args: A) => R) => {
        return (...args: A): R => {
          outside.vault(operation);
          return run(...args);
        };
      };
      return {
        seal: counted('seal', vault.seal),
        open: counted('open', vault.open),
        sealSecret: counted('seal_secret', vault.sealSecret),
        openSecret: counted('open_secret', vault.openSecret),
        fingerprint: counted('fingerprint', vault.fingerprint),
      };
    },
    render: () => registry.metrics(),
  };
}

function makeHttpCounters(registry: Registry) {
  const registers = [registry];
  return {
    durations: new Histogram({
      name: 'tender_http_request_duration_seconds',
      help: 'From a whole request to its answer.',
      labelNames: ['dialect', 'method', 'status'] as const,
      buckets: SECONDS,
      registers,
    }),
    // Without the buckets, which would be thousands of series more.
    requests: makeTally(
      registry,
      'tender_http_requests_total',
      'Requests that were answered, by route.',
      ['dialect', 'method', 'route', 'status'],
    ),
    calls: new Counter({
      name: 'tender_calls_total',
      help: 'Calls of the Code dialect that have ended, over whatever transport.',
      labelNames: ['method', 'outcome'] as const,
      registers,
    }),
  };
}

function makeEngineCounters(registry: Registry) {
  const registers = [registry];
  return {
    batches: new Histogram({
      name: 'tender_batch_commands',
      help: 'Commands in one transaction.',
      buckets: POWERS_OF_TWO,
      registers,
    }),
    commits: new Histogram({
      name: 'tender_commit_duration_seconds',
      help: 'From the beginning of a transaction to the moment that it is durable.',
      buckets: SECONDS,
      registers,
    }),
    rows: new Counter({
      name: 'tender_rows_written_total',
      help: 'Rows inserted, changed or deleted by transactions.',
      registers,
    }),
    overloaded: new Counter({
      name: 'tender_commands_overloaded_total',
      help: 'Commands that were not taken in: too many waited, or they waited too long.',
      registers,
    }),
  };
}

function makeOutsideCounters(registry: Registry) {
  const registers = [registry];
  return {
    deliveries: makeTally(
      registry,
      'tender_deliveries_total',
      'Tries to deliver an event, by how they ended.',
      ['outcome'],
      [['delivered'], ['refused'], ['unreachable']],
    ),
    tries: new Histogram({
      name: 'tender_delivery_try_duration_seconds',
      help: 'How long receivers of events take, those that do not answer included.',
      buckets: [...SECONDS, 20],
      registers,
    }),
    rails: new Histogram({
      name: 'tender_rail_call_duration_seconds',
      help: 'Calls of remote rails, by how they ended; unknown: asked again later.',
      labelNames: ['rail', 'outcome'] as const,
      buckets: [...SECONDS, 30, 60],
      registers,
    }),
    jobs: makeTally(
      registry,
      'tender_jobs_total',
      'Jobs that were run; one that failed is run again later.',
      ['kind', 'outcome'],
    ),
    vault: makeTally(
      registry,
      'tender_vault_operations_total',
      'What card numbers and secrets were sealed and opened for.',
      ['operation'],
    ),
  };
}
