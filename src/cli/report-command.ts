import type { Command } from 'commander';
import type { ReportFlags } from './report.js';

const HELP = `
Reads beside a running server. Days and hours are UTC, by the business time of
what happened. Refunds are negative.

Examples:
  tender report payments --from 2026-11-01 --to 2026-11-30 > payments.csv
  tender report fees --columns metadata.order_type --json
  tender report reconciliation --account acct_tender`;

/** Adds `tender report`; what it needs is loaded when it is run. */
export function addReportCommand(tender: Command): void {
  tender
    .command('report <name>')
    .description('print a report: payments, refunds, balance, fees or reconciliation')
    .option('--from <day>', 'first day, as 2026-11-01')
    .option('--to <day>', 'last day')
    .option('--account <id>', 'one merchant’s, instead of all')
    .option('--columns <names>', 'metadata.<key>, by commas: columns of the intents’ metadata')
    .option('--csv', 'as CSV; it is that anyway')
    .option('--json', 'as JSON, an object a line')
    .option('-d, --data <folder>', 'data folder (TENDER_DATA)')
    .addHelpText('after', HELP)
    .action(async (name: string, options: ReportFlags) => {
      const { printReport } = await import('./report.js');
      await printReport(name, options);
    });
}
