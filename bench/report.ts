import type { LoadResult } from '../src/cli/bench-load.js';
import type { StreamsFigure } from './streams.js';

/** Payments over HTTP beside the bare server, both with the same connections in the same run. */
export interface HttpFigure {
  readonly connections: number;
  /** Pairs of requests, as a payment is two. */
  readonly bare: LoadResult;
  readonly tender: LoadResult;
}

/** Signed payments of wallets beside bare verifications of the same signatures. */
export interface SubmissionsFigure {
  readonly bare: LoadResult;
  readonly engine: LoadResult;
}

/** What one store reached. */
export interface Figures {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  readonly floorPerSecond: number;
  readonly engine: LoadResult;
  readonly submissions: SubmissionsFigure;
  readonly http: readonly HttpFigure[];
}

function row(cells: (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** A row about signed submissions. */
export function submissionsRow({ bare, engine }: SubmissionsFigure): string {
  return row([
    'signed submissions, against bare ed25519 verifications',
    whole(engine.perSecond),
    engine.p50_ms.toFixed(1),
    engine.p99_ms.toFixed(1),
    whole(bare.perSecond),
    (engine.perSecond / bare.perSecond).toFixed(2),
  ]);
}

/** What open streams cost. */
export function streamsText(figure: StreamsFigure): string {
  const { streams, bytesPerStream, openedPerSecond, wake_p50_ms, wake_p99_ms } = figure;
  return [
    '## Open streams',
    '',
    `${whole(streams)} streams of messages over WebSockets, in one process, each at its own`,
    'rendezvous. "Told after" is from sending a signed message to a random one of them, through',
    'its fsync, to its arrival at the listener; sender and listeners share the machine.',
    '',
    row(['', 'bytes each', 'opened/s', 'told after, p50 ms', 'p99 ms']),
    row(['---', '---:', '---:', '---:', '---:']),
    row([
      `${whole(streams)} streams`,
      whole(bytesPerStream),
      whole(openedPerSecond),
      wake_p50_ms.toFixed(1),
      wake_p99_ms.toFixed(1),
    ]),
    '',
  ].join('\n');
}

function storeText({ submissions, ...figures }: Figures): string {
  const { name, rows, bytes, floorPerSecond, engine, http } = figures;
  const engineRatio = (engine.perSecond / floorPerSecond).toFixed(2);
  return [
    `## ${name}`,
    '',
    `A payment writes ${rows} rows, ${whole(bytes)} bytes of values.`,
    '',
    row(['', 'payments/s', 'p50 ms', 'p99 ms', 'yardstick/s', 'ratio']),
    row(['---', '---:', '---:', '---:', '---:', '---:']),
    row([
      'engine alone, against the bare driver',
      whole(engine.perSecond),
      engine.p50_ms.toFixed(1),
      engine.p99_ms.toFixed(1),
      whole(floorPerSecond),
      engineRatio,
    ]),
    submissionsRow(submissions),
    ...http.map(({ connections, bare, tender }) =>
      row([
        `HTTP, ${connections} connection${connections === 1 ? '' : 's'}, against half the bare one`,
        whole(tender.perSecond),
        tender.p50_ms.toFixed(1),
        tender.p99_ms.toFixed(1),
        whole(bare.perSecond),
        (tender.perSecond / bare.perSecond).toFixed(2),
      ]),
    ),
    '',
  ].join('\n');
}

/** The results as a page: figures, and how they came about. */
export function report(
  figures: readonly Figures[],
  streams: StreamsFigure | null,
  how: { machine: string; seconds: number; rounds: number },
): string {
  return [
    '# Benchmark results',
    '',
    'Made by `npm run bench`; run it on your own machine before you compare.',
    '',
    `- Machine: ${how.machine}; load generator, server and database share it.`,
    `- Each figure is the median of ${how.rounds} runs of ${how.seconds} s after 1 s of warm-up;`,
    '  a yardstick and what it is held against run in turns, so that noise hits both.',
    '- A payment is two requests, create and confirm with `pm_card_visa`, each with a fresh',
    '  idempotency key. Every answer waits for its fsync. Latencies over HTTP are of one request.',
    '- "Half the bare server": pairs of requests per second that a bare `node:http` server answers',
    '  with a fixed body of 1.5 kB to the same load generator (autocannon, on the same cores).',
    '- "The bare driver": the same rows in transactions of 64 payments, encoded beforehand;',
    '  nothing is read, decided or answered.',
    '- "Signed submissions": a wallet signs that it pays a request; its signature is checked, the',
    '  quarks move in the wallets’ books, and the intent is paid in the merchant’s. "Bare ed25519',
    '  verifications": the same signatures, checked by as many threads, and nothing else.',
    '',
    ...figures.map(storeText),
    ...(streams === null ? [] : [streamsText(streams)]),
    '## Goals',
    '',
    '- The engine alone: 0.8 of the bare driver. HTTP at 64 connections: 0.45 of half the bare',
    '  server. Where the tables say less, the goal is missed; what was tried is in',
    '  [decision 0007](../docs/decisions/0007-speed-tried.md).',
    '- 0.45 on these cores would be some 6,600 payments/s: 300 µs of both cores together for a',
    '  payment, of which autocannon takes some 60 and the thread that writes 130.',
    '- Latency at half the load, memory, delays of the event loop, webhooks and five million',
    '  payments are measured by `npm run prove -- --only load`:',
    '  [the proofs](../docs/operate/proofs.md).',
    '',
    '## What limits it',
    '',
    '- The disk: a payment is some 25 kB in the write-ahead log, half of it pages of the index',
    '  over idempotency keys, which are random; and as much again when the log is copied. At 2,700',
    '  payments/s that is 150 MB/s of the 280 MB/s that the machine of these figures writes.',
    '- The two cores, which the load generator shares: a payment costs the server about 390 µs',
    '  of them, of which 130 µs are the thread that writes and 40 µs the collection of garbage;',
    '  the two requests of the bare server cost it some 50 µs.',
    '- PostgreSQL: its own processes on the same two cores, and one batch written at a time.',
    '',
  ].join('\n');
}
