import { Command, type Help } from 'commander';
import type { ConfigOverrides } from '../config.js';
import { packageVersion } from '../package-version.js';
import { addBackupCommands } from './backup-commands.js';
import { addDeveloperCommands } from './developer-commands.js';
import { messageOf } from './failure.js';
import { addImportCommand } from './import-command.js';
import { addOperatorCommands } from './operator-commands.js';
import { addReportCommand } from './report-command.js';
import { makePaint, wantsColors } from './terminal.js';
import { explainUsage, groupOnly } from './usage.js';
import { addWalletCommands } from './wallet-commands.js';

/**
 * Runs the command line. A failure that a person can mend is one line on stderr and exit code 1;
 * anything else is a fault of ours and keeps its stack.
 */
export async function run(argv: readonly string[]): Promise<void> {
  // What is written may hold names and addresses of customers: it is for its owner alone.
  process.umask(0o077);
  try {
    await program().parseAsync(argv);
  } catch (error) {
    const message = messageOf(error);
    if (message === null) throw error;
    console.error(`tender: ${message}`);
    process.exitCode = 1;
  }
}

const ENVIRONMENT = `
Environment (flags go first; an empty variable counts as not set):
  PORT                     port, 4400 if not set; 0 is any free one
  TENDER_HOST              address to listen on, 127.0.0.1 if not set
  TENDER_PUBLIC_URL        origin that links are made with, behind a proxy
  TENDER_DATA              data folder, ./data if not set
  TENDER_MODE              sandbox (if not set) or live
  TENDER_KEY               32 bytes that encrypt what is secret, hex or base64
  TENDER_PREVIOUS_KEYS     what TENDER_KEY was before, newest first, by commas
  TENDER_API_KEYS          the only API keys that open, by commas; name:key
                           shares an account
  DATABASE_URL             postgres://…, instead of the file in the data folder
  TENDER_DATABASE_PROFILE  postgres (if not set), citus, yugabyte or cockroach
  TENDER_TLS_CERT          PEM file, to answer by HTTPS
  TENDER_TLS_KEY           PEM file of its key
  TENDER_LAN               yes, or this machine's address: as --lan does
  TENDER_WALLET_PORT       the web wallet's port, two above PORT if not set;
                           off closes it
  TENDER_WALLET_URL        origin that the wallet has, behind a proxy
  TENDER_SMTP_URL          mail server that receipts leave by, smtp://…; a
                           sandbox without one keeps them
  TENDER_MAIL_FROM         whom receipts are from
  TENDER_CODE_LIMITS       what a request may ask for: usd250 (if not set) or
                           published
  TENDER_CODE_ERRORS       how requests are refused: status (if not set) or
                           envelope
  TENDER_CODE_UNSIGNED     streams and acks without a signature: yes (if not
                           set) or no
  TENDER_CODE_REQUEST_EXPIRES_HOURS
                           when a request that nobody paid ends, 24 if not set
  TENDER_CODE_DOMAINS      where domains are, to try out:
                           shop.example=http://127.0.0.1:3000
  TENDER_SOLANA            off (if not set), local, or the URL of a JSON-RPC
                           endpoint
  TENDER_SOLANA_MINT       the address of that endpoint's token
  TENDER_TRUST_PROXY       yes, or proxies' addresses: read X-Forwarded-For
  TENDER_PRIVATE_WEBHOOKS  yes: deliver to private addresses, too
  TENDER_LOG               trace, debug, info (if not set), warn, error, fatal
                           or silent
  TENDER_READY_FD          file descriptor that gets a line of JSON once it runs`;

const EXAMPLES = `
Examples:
  tender start                         a sandbox on this machine, data in ./data
  tender start --port 0 --data ./try   any free port, another folder
  tender start --lan                   the same for phones of this network
  tender verify                        check that all money is accounted for`;

/** Which database a command works on. */
interface DataOptions {
  data?: string;
}

/** The command line with all of its commands; nothing is run. */
export function program(): Command {
  const { strong, accent } = makePaint(wantsColors(process.stdout, process.env));
  const tender = new Command('tender')
    .description('A payment-intents platform of your own: one intent, any dialect, any rail.')
    .version(packageVersion(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .configureHelp({
      styleTitle: (text: string) => strong(text),
      styleCommandText: (text: string) => accent(text),
    } satisfies Partial<Help>)
    .addHelpText('after', EXAMPLES);
  groupOnly(tender);

  // Each command is loaded when it is run, so that help does not wait for the server's parts.
  tender
    .command('start')
    .description('start the server')
    .option('-p, --port <number>', 'port; 0 is any free one (PORT)')
    .option('--host <address>', 'address to listen on (TENDER_HOST)')
    .option('-d, --data <folder>', 'data folder (TENDER_DATA)')
    .option('--lan [address]', 'serve the local network: HTTPS, keys of its own (TENDER_LAN)')
    .addHelpText('after', ENVIRONMENT)
    .action(async (options: DataOptions & ConfigOverrides) => {
      const { start } = await import('./start.js');
      await start(options, packageVersion());
    });
  tender
    .command('verify')
    .description('check that all money is accounted for; exit code 1 if not')
    .option('-d, --data <folder>', 'data folder (TENDER_DATA)')
    .action(async (options: DataOptions) => {
      const { verify } = await import('./verify.js');
      await verify(options);
    });
  tender
    .command('migrate')
    .description('bring the database up to date; tender start does it, too')
    .option('-d, --data <folder>', 'data folder (TENDER_DATA)')
    .action(async (options: DataOptions) => {
      const { migrate } = await import('./migrate.js');
      await migrate(options);
    });
  tender
    .command('reseal')
    .description('encrypt anew, with the current key, what keys of before have encrypted')
    .option('-d, --data <folder>', 'data folder (TENDER_DATA)')
    .action(async (options: DataOptions) => {
      const { reseal } = await import('./reseal.js');
      await reseal(options);
    });
  tender
    .command('init')
    .description('make the first operator of the dashboard: prints a link that works once')
    .option('-e, --email <address>', 'whose link it is; one who is known gets a new password')
    .option('-d, --data <folder>', 'data folder (TENDER_DATA)')
    .action(async (options: DataOptions & { email?: string }) => {
      const { init } = await import('./init.js');
      await init(options);
    });
  addBackupCommands(tender);
  addReportCommand(tender);
  addImportCommand(tender);
  addOperatorCommands(tender);
  addDeveloperCommands(tender);
  addWalletCommands(tender);
  explainUsage(tender);
  return tender;
}
