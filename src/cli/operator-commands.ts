import type { Command } from 'commander';
import type { BenchOptions } from './bench.js';
import type { DoctorOptions } from './doctor.js';
import type { ExportFlags } from './export.js';
import { withServerOptions } from './server-options.js';

const KEYS_HELP = `
Keys of the configuration (TENDER_API_KEYS) are listed, and changed there.

Examples:
  tender keys                          the keys of an account
  tender keys create --name server
  tender keys create --type restricted --permissions charge=read
  tender keys roll key_… --hours 24    the old one works on for a day
  tender keys revoke key_…`;

const DOCTOR_HELP = `
Nothing is made or changed. Each line is ok, warning or failed, and says what to
do.

Examples:
  tender doctor           the server of ./data, or what keeps it from starting
  tender doctor --json    an object a line, for a monitor`;

const EXPORT_HELP = `
Reads beside a running server. Amounts are plain decimals, times are UTC; days
are by business time.

Examples:
  tender export payments > payments.csv
  tender export ledger ledger.csv --from 2026-11-01 --to 2026-11-30
  tender export events --json --account acct_…`;

const BENCH_HELP = `
Payments with a test card run through the engine, without HTTP, into a new
database beside the data folder, which is removed again. Nothing else should
work on the machine meanwhile.

Examples:
  tender bench
  tender bench --seconds 10 --data /mnt/fast/tender`;

/** Adds the commands of those who run a server; each is loaded when it is run. */
export function addOperatorCommands(tender: Command): void {
  addKeys(tender);
  tender
    .command('doctor')
    .description('check all that a server needs; exit code 1 where something failed')
    .option('-p, --port <number>', 'port of the server (PORT)')
    .option('--host <address>', 'address that it listens on (TENDER_HOST)')
    .option('-d, --data <folder>', 'data folder (TENDER_DATA)')
    .option('--json', 'print JSON, an object a line')
    .addHelpText('after', DOCTOR_HELP)
    .action(async (options: DoctorOptions) => (await import('./doctor.js')).doctor(options));
  tender
    .command('export <what> [file]')
    .description('write payments, customers, refunds, events or ledger as CSV or JSON')
    .option('--from <day>', 'first day, as 2026-11-01')
    .option('--to <day>', 'last day')
    .option('--account <id>', 'one merchant’s, instead of all')
    .option('--json', 'as JSON, an object a line, instead of CSV')
    .option('-d, --data <folder>', 'data folder (TENDER_DATA)')
    .addHelpText('after', EXPORT_HELP)
    .action(async (what: string, file: string | undefined, options: ExportFlags) =>
      (await import('./export.js')).exportRows(what, file, options),
    );
  tender
    .command('bench')
    .description('measure how many payments this machine and its disk take')
    .option('-s, --seconds <number>', 'how long each of two runs takes, up to 60', '3')
    .option('-d, --data <folder>', 'measure the disk of this data folder (TENDER_DATA)')
    .option('--json', 'print JSON, an object a line')
    .addHelpText('after', BENCH_HELP)
    .action(async (options: BenchOptions) => (await import('./bench.js')).bench(options));
}

function addKeys(tender: Command): void {
  const keys = tender
    .command('keys')
    .description('list, make, roll and revoke API keys')
    .helpCommand(false)
    .addHelpText('after', KEYS_HELP);
  const add = (usage: string, description: string): Command =>
    withServerOptions(keys.command(usage).description(description));
  withServerOptions(
    keys.command('list', { isDefault: true }).description('list the keys of an account'),
  ).action(async (options) => (await import('./keys.js')).listKeys(options));
  add('create', 'make a key; it is shown this once')
    .option('-n, --name <name>', 'a name for it')
    .option('-t, --type <type>', 'secret, restricted or publishable', 'secret')
    .option('--permissions <list>', 'of a restricted key: charge=read,payment_intent=write')
    .action(async (options) => (await import('./keys.js')).createApiKey(options));
  add('roll <id>', 'make another key in the place of one')
    .option('--hours <number>', 'how long the old one works on, up to 168', '0')
    .action(async (id, options) => (await import('./keys.js')).rollApiKey(id, options));
  add('revoke <id>', 'end a key at once').action(async (id, options) =>
    (await import('./keys.js')).revokeApiKey(id, options),
  );
}
