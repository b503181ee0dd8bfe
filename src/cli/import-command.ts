import type { Command } from 'commander';
import type { ImportFlags } from './import.js';

const HELP = `
JSON: what the Stripe API answers to lists of customers, payment intents,
charges and refunds, as a list, an array, or an object a line. CSV: the payments
export of Stripe's dashboard. A payment, its charges and its refunds belong into
one run.

Examples:
  stripe customers list --limit 100 > customers.json
  stripe payment_intents list --limit 100 \\
    -d "expand[]=data.latest_charge.refunds" > paid.json
  tender import --dry-run customers.json paid.json
  tender import unified_payments.csv --account acct_1`;

/** Adds `tender import`; what it needs is loaded when it is run. */
export function addImportCommand(tender: Command): void {
  tender
    .command('import <files...>')
    .description('take over customers and payments from Stripe’s exports, as history')
    .option('--account <id>', 'whose they become; the first key’s account if not given')
    .option('--dry-run', 'only say what would be done')
    .option('--json', 'as JSON')
    .option('-d, --data <folder>', 'data folder (TENDER_DATA)')
    .addHelpText('after', HELP)
    .action(async (files: string[], options: ImportFlags) => {
      const { importFiles } = await import('./import.js');
      await importFiles(files, options);
    });
}
