import type { Logger } from 'pino';
import type { Dialects } from './dialects.js';
import { describeApis } from './dialects.js';
import type { Attempt } from './domain/attempt.js';
import type { Fact } from './domain/fact.js';
import type { OperatorLogEntry } from './domain/operator.js';
import type { EngineDependencies } from './engine/engine.js';
import type { JobDependencies } from './engine/jobs.js';
import type { RailDriverDependencies } from './engine/rail-driver.js';
import type { Sender } from './engine/sender.js';
import type { Vault } from './engine/work.js';
import { packageVersion } from './package-version.js';
import type { Change, Store } from './storage/store.js';
import { makeTracing, type Tracing } from './telemetry.js';
import type { Watched } from './telemetry-gauges.js';
import { makeHttpTracing } from './telemetry-http.js';
import { type Metrics, makeMetrics } from './telemetry-metrics.js';
import { makeRouteFinder } from './telemetry-routes.js';
import { tracedStore } from './telemetry-store.js';

/** Metrics and traces, as the parts of a server take them. */
export interface Telemetry {
  readonly metrics: Metrics;
  readonly engine: Required<Pick<EngineDependencies, 'committed' | 'overloaded' | 'tracing'>>;
  readonly aroundJob: NonNullable<JobDependencies['around']>;
  readonly aroundRail: NonNullable<RailDriverDependencies['around']>;
  watchStore(store: Store): Store;
  watchVault(vault: Vault): Vault;
  watchSender(sender: Sender): Sender;
  watchDialects(dialects: Dialects): Dialects;
}

/** Whom the metrics watch, and how the server is spoken to. */
export interface TelemetrySettings extends Omit<Watched, 'version'> {
  readonly scheme: 'http' | 'https';
  readonly log: Pick<Logger, 'info'>;
}

/** Makes both. Traces are made where an SDK of OpenTelemetry was registered before. */
export function makeTelemetry({ scheme, log, ...watched }: TelemetrySettings): Telemetry {
  const tracing = makeTracing();
  const routeOf = makeRouteFinder(describeApis);
  const metrics = makeMetrics({ ...watched, version: packageVersion() }, routeOf);
  return {
    metrics,
    engine: {
      tracing: tracing?.engine ?? null,
      committed: (...commit) => {
        metrics.committed(...commit);
        const [, changes] = commit;
        logDeeds(changes, log);
        if (tracing !== null) rememberStarted(changes, tracing);
      },
      overloaded: metrics.overloaded,
    },
    aroundJob: async (job, run) => {
      try {
        await (tracing?.job(job, run) ?? run());
        metrics.jobEnded(job.kind, 'done');
      } catch (error) {
        metrics.jobEnded(job.kind, 'failed');
        throw error;
      }
    },
    aroundRail: async (attempt, call) => {
      const startMs = performance.now();
      const answer = await (tracing?.railCall(attempt, call) ?? call());
      metrics.railAnswered(attempt.rail, answer.outcome, performance.now() - startMs);
      return answer;
    },
    watchStore: (store) => (tracing === null ? store : tracedStore(store, tracing)),
    watchVault: metrics.watchVault,
    watchSender: (sender) => {
      const post = tracing === null ? sender.post : tracing.post(sender.post);
      return {
        close: sender.close,
        post: async (...args) => {
          const end = await post(...args);
          metrics.delivered(end);
          return end;
        },
      };
    },
    watchDialects: (dialects) => {
      if (tracing === null) return dialects;
      const { mounts, names, code } = dialects;
      const http = makeHttpTracing(tracing, routeOf, scheme);
      const traced = new Map(
        mounts.map((mount) => [mount, http.mount(mount, names.get(mount) ?? 'none')]),
      );
      const of = (mount: Dialects['mounts'][number]) => traced.get(mount) ?? mount;
      return {
        mounts: mounts.map(of),
        names: new Map([...names].map(([mount, name]) => [of(mount), name])),
        code: { ...code, mounts: code.mounts.map(of), streams: http.streams(code.streams) },
      };
    },
  };
}

/** What operators did, for whoever gathers logs; its details are in the operators' log only. */
function logDeeds(changes: readonly Change[], log: TelemetrySettings['log']): void {
  for (const { table, row } of changes) {
    if (table !== 'operator_log') continue;
    const { id, operator, action, subject, merchant } = row as OperatorLogEntry;
    log.info({ operator, action, subject, merchant, entry: id }, 'An operator acted');
  }
}

/** Tells the tracing which requests began attempts that wait for a rail. */
function rememberStarted(changes: readonly Change[], tracing: Tracing): void {
  const started = startedIn(changes);
  if (started.length === 0) return;
  const causes = new Map<string, string | null>();
  for (const { table, row } of changes)
    if (table === 'facts') causes.set((row as Fact).intentId ?? '', (row as Fact).requestId);
  tracing.began(started.map(({ id, intent }) => ({ id, requestId: causes.get(intent) ?? null })));
}

function startedIn(changes: readonly Change[]): Attempt[] {
  return changes
    .filter(({ table, kind }) => table === 'attempts' && kind === 'insert')
    .map(({ row }) => row as Attempt)
    .filter(({ state }) => state === 'started');
}
