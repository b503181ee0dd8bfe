import type { Command } from 'commander';

/**
 * Gives a command the options by which it finds its server and account. Alone in its file: what
 * calls a server takes a tenth of a second to load, which help is not to wait for.
 */
export function withServerOptions(command: Command): Command {
  return command
    .option('-k, --key <key>', 'secret key; sk_test_tender if not given (TENDER_SECRET_KEY)')
    .option('-u, --url <origin>', 'the Tender to talk to; else the one on the data folder')
    .option('-d, --data <folder>', 'data folder of the running server (TENDER_DATA)')
    .option('--json', 'print JSON, an object a line');
}
