import { writeSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { DEFAULT_KEY } from '../api/auth.js';
import { paymentCommand } from '../api/home.js';
import type { ConfigOverrides } from '../config.js';
import { startTender, type Tender } from '../main.js';
import { CommandFailure, configuration } from './failure.js';
import { qrLines } from './qr.js';
import { columns, makePaint, type Paint, wantsColors } from './terminal.js';

/**
 * How much the heap may grow, by what is in use, before it is cleaned as a whole. Left alone, V8
 * waits for four times as much: 100 MB more, and not a payment a second more.
 */
const HEAP_GROWING_PERCENT = 100;

/** `tender start`: runs until it is told to stop. */
export async function start(overrides: ConfigOverrides, version: string): Promise<void> {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`);
  const config = configuration(overrides);
  const tender = await startTender(config, { colors: wantsColors(process.stderr, process.env) });
  dieOfBugs(tender);
  dieWithStorage(tender);
  stopOnSignals(tender);
  const { log, place, data } = tender;
  // A person reads the lines below instead.
  if (!process.stdout.isTTY) log.info({ url: place.url, mode: place.mode, data }, 'Listening');
  const paint = makePaint(wantsColors(process.stdout, process.env));
  process.stdout.write(banner(tender, version, paint));
  if (config.readyFd !== null) await tellReady(tender, config.readyFd);
}

/** Where things are, and the first thing to do. */
export function banner(
  tender: Pick<Tender, 'place' | 'boundUrl' | 'data' | 'chain' | 'walletUrl' | 'lan'>,
  version: string,
  paint: Paint,
): string {
  const { strong } = paint;
  const { place, lan, walletUrl } = tender;
  const { mode } = place;
  const firstPayment =
    mode === 'live' || lan !== null
      ? []
      : ['Make a payment:', '', `  ${paymentCommand(place)}`, ''];
  const phone = lan === null || walletUrl === null ? [] : phoneLines(walletUrl, paint);
  const lines = [
    '',
    `${strong(`Tender ${version}`)}  ${mode}`,
    '',
    ...columns(placeRows(tender, paint)).map((line) => `  ${line}`),
    '',
    ...firstPayment,
    ...phone,
    nextStep(tender),
  ];
  return `${lines.join('\n')}\n`;
}

function placeRows(
  { place, boundUrl, data, chain, walletUrl, lan }: Parameters<typeof banner>[0],
  { quiet, accent }: Paint,
): string[][] {
  const { url, takesAnyKey, hasDemo, hasMailbox } = place;
  const keys = lan?.keys ?? null;
  const key = takesAnyKey
    ? `${DEFAULT_KEY}  ${quiet('any sk_test_… works, each with an account of its own')}`
    : 'those in TENDER_API_KEYS';
  const keyRows =
    keys === null
      ? [[quiet('Key'), key]]
      : [
          [quiet('Key'), `${keys.secret}  ${quiet('secret')}`],
          ['', `${keys.publishable}  ${quiet('publishable')}`],
        ];
  const demoRows = hasDemo
    ? [[quiet('Demo shop'), `${url}/demo`]]
    : lan === null
      ? []
      : [
          [
            quiet('Demo shop'),
            quiet('not with --lan: it speaks plain HTTP to a server of any key'),
          ],
        ];
  return [
    [quiet('API'), accent(url)],
    ...(url === boundUrl ? [] : [[quiet('Bound to'), boundUrl]]),
    ...keyRows,
    ...demoRows,
    ...(walletUrl === null ? [] : [[quiet('Wallet'), walletUrl]]),
    [quiet('Dashboard'), `${url}/dashboard`],
    ...(hasMailbox ? [[quiet('Mailbox'), `${url}/mailbox`]] : []),
    [quiet('Docs'), `${url}/docs`],
    [quiet('Data'), data],
    ...(chain === null ? [] : [[quiet('Chain'), chain]]),
    ...(lan === null ? [] : [[quiet('Certificate'), `${lan.certFile}  ${quiet('curl --cacert')}`]]),
    [quiet('Health'), `${url}/healthz`],
    [quiet('Metrics'), `${url}/metrics`],
  ];
}

/** A code that a phone's camera reads, and what the phone will then say. */
function phoneLines(walletUrl: string, paint: Paint): string[] {
  return [
    'Open the wallet on a phone of this network:',
    '',
    ...qrLines(walletUrl, paint.colors).map((line) => `  ${line}`),
    '',
    ...columns([
      ['1', "Point the phone's camera at the code."],
      ['2', 'The phone warns of a certificate that nobody vouches for: it is this machine’s own.'],
      ['', 'Choose to go on; nothing of it leaves your network.'],
    ]).map((line) => `  ${line}`),
    '',
  ];
}

function nextStep({ place, lan }: Parameters<typeof banner>[0]): string {
  const { url, mode, takesAnyKey } = place;
  if (mode === 'live') return `Next: point your client at ${url}. Ctrl-C stops.`;
  if (lan !== null) return 'Next: scan that code with a phone. Ctrl-C stops.';
  const first = takesAnyKey ? 'paste that line' : 'set TENDER_SECRET_KEY, paste that line';
  return `Next: ${first}, or open ${url} for more ways. Ctrl-C stops.`;
}

const SIGNALS = { SIGTERM: 15, SIGINT: 2 } as const;

/** The first signal stops cleanly; whoever sends a second one does not want to wait. */
function stopOnSignals(tender: Tender): void {
  let stopping = false;
  for (const [signal, number] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      if (stopping) process.exit(128 + number);
      stopping = true;
      tender.log.info({ signal }, 'Stopping');
      tender.stop().then(
        () => {
          tender.log.info('Stopped');
          process.exit(0);
        },
        (error) => {
          tender.log.fatal({ err: error }, 'Stopping failed');
          process.exit(1);
        },
      );
    });
  }
}

/** After a bug nobody knows what still holds; what was acknowledged is on disk. */
function dieOfBugs({ log }: Tender): void {
  const die = (error: unknown): void => {
    log.fatal({ err: error }, 'Tender must stop: an error that nobody handled');
    process.exit(1);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
}

/** A server that can only fail must not look alive: what watches over it starts another. */
function dieWithStorage({ log, lost }: Tender): void {
  void lost.then((error) => {
    log.fatal({ err: error }, 'Tender must stop: a thread of its database has ended');
    process.exit(1);
  });
}

async function tellReady(tender: Tender, fd: number): Promise<void> {
  const { boundUrl, place } = tender;
  try {
    writeSync(fd, `${JSON.stringify({ url: boundUrl, publicUrl: place.url, pid: process.pid })}\n`);
  } catch (error) {
    await tender.stop();
    const { message } = error as Error;
    throw new CommandFailure(`TENDER_READY_FD is ${fd}, which cannot be written: ${message}.`);
  }
}
