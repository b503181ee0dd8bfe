import { statSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';
import { inTime } from './api/in-time.js';
import { WALL_CLOCK } from './domain/clock.js';
import type { Job } from './domain/subscription.js';
import type { Store } from './storage/store.js';

/** What is looked at when somebody reads the metrics. */
export interface Watched {
  /** Commands that wait for their transaction. */
  readonly queued: () => number;
  /** What is open in the Code dialect. */
  readonly open: () => { readonly sockets: number; readonly streams: number };
  readonly store: Pick<Store, 'dueJobs' | 'dueSubscriptions'>;
  /** The file of the embedded database; null where the database is a server. */
  readonly databaseFile: string | null;
  readonly version: string;
  /** Wall time, Unix ms. */
  readonly nowMs: () => number;
  /** How long the store may take to answer, in ms. */
  readonly wait_ms_max: number;
}

/** How often the event loop is looked at. */
const LOOP_LOOK_MS = 10;

/** As many as are counted: beyond that, how many more does not matter. */
const DUE_MAX = 1000;

/** Adds the gauges to a registry. They are read when it is, so they cost nothing between. */
export function addGauges(registry: Registry, watched: Watched): void {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  gauge('tender_queue_commands', 'Commands that wait for their transaction.', watched.queued);
  gauge('tender_open_streams', 'Streams of messages that are open in the Code dialect.', () => {
    return watched.open().streams;
  });
  gauge('tender_open_sockets', 'WebSockets that are open in the Code dialect.', () => {
    return watched.open().sockets;
  });
  const { version } = watched;
  new Gauge({
    name: 'tender_build_info',
    help: 'Always 1; its label is what runs.',
    labelNames: ['version'] as const,
    registers,
  }).set({ version }, 1);
  addLoopDelay(gauge);
  addDue(registry, watched);
  addSizes(registry, watched.databaseFile);
}

/** Node's own metrics end with p99, which hides what one of a hundred requests meets. */
function addLoopDelay(gauge: (name: string, help: string, read: () => number) => void): void {
  const looks = monitorEventLoopDelay({ resolution: LOOP_LOOK_MS });
  looks.enable();
  const name = 'tender_event_loop_delay_p999_seconds';
  gauge(name, 'What 99.9 % of looks at the event loop came late at most, since last read.', () => {
    // Measured is from look to look.
    const lateMs = looks.count === 0 ? 0 : looks.percentile(99.9) / 1e6 - LOOP_LOOK_MS;
    looks.reset();
    return Math.max(0, lateMs) / 1000;
  });
}

/** What is due and not yet done. NaN where the store does not answer: nobody knows then. */
function addDue(registry: Registry, { store, nowMs, wait_ms_max }: Watched): void {
  const registers = [registry];
  let looking: Promise<readonly Job[] | null> | null = null;
  // Two gauges, one look.
  const look = (): Promise<readonly Job[] | null> => {
    const now = Math.floor(nowMs() / 1000);
    looking ??= inTime(store.dueJobs(now, DUE_MAX), wait_ms_max).finally(() => {
      looking = null;
    });
    return looking;
  };
  new Gauge({
    name: 'tender_jobs_due',
    help: `Jobs that are due, ${DUE_MAX} at most.`,
    registers,
    async collect() {
      this.set((await look())?.length ?? Number.NaN);
    },
  });
  new Gauge({
    name: 'tender_job_lag_seconds',
    help: 'How long the earliest job that is due by wall time has been due.',
    registers,
    async collect() {
      const due = await look();
      const now = nowMs() / 1000;
      const first = due?.find(({ clockId }) => clockId === WALL_CLOCK)?.dueAt ?? now;
      this.set(due === null ? Number.NaN : Math.max(0, now - first));
    },
  });
  new Gauge({
    name: 'tender_subscriptions_due',
    help: `Webhook endpoints with deliveries that are due, ${DUE_MAX} at most.`,
    registers,
    async collect() {
      const due = await inTime(store.dueSubscriptions(nowMs(), DUE_MAX), wait_ms_max);
      this.set(due?.length ?? Number.NaN);
    },
  });
}

/** The embedded database's files; a server has its own metrics. */
function addSizes(registry: Registry, databaseFile: string | null): void {
  if (databaseFile === null) return;
  const files = [
    ['database', databaseFile],
    ['write_ahead_log', `${databaseFile}-wal`],
  ] as const;
  new Gauge({
    name: 'tender_storage_bytes',
    help: 'Size of the files of the embedded database.',
    labelNames: ['file'] as const,
    registers: [registry],
    collect() {
      for (const [file, path] of files)
        this.set({ file }, statSync(path, { throwIfNoEntry: false })?.size ?? 0);
    },
  });
}
