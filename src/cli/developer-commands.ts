import type { Command } from 'commander';
import { withServerOptions } from './server-options.js';

const SHOW_HELP = `
Ids of every dialect are taken: pi_…, pi_sandbox_…, ch_…, re_…, du_…, evt_…, and
the id of a request of Code.

Examples:
  tender show pi_3Mk…           what happened to it, in every dialect's words
  tender show ch_3Mk… --json    the same for a program`;

const TAIL_HELP = `
Examples:
  tender tail                          every event of the account as it happens
  tender tail --types 'charge.*'       those of a family
  tender tail --lines 20 --count 20    the latest twenty, and no waiting`;

const LISTEN_HELP = `
Each webhook is posted with the bytes and headers that Tender sent, so that its
signature holds with the secret that is printed. What your server answers is
what Tender hears.

Examples:
  tender listen                        print webhooks
  tender listen --forward-to localhost:3000/webhook
  tender listen --events charge.succeeded,charge.failed --json
  tender listen --events 'dojo:*,code:*'    those of the other dialects`;

const TRIGGER_HELP = `
What happens is real: a payment is made, and the event tells of it. Time that
has to pass, passes on a test clock of the run's own.

Examples:
  tender trigger                list what can be triggered, and what cannot
  tender trigger payment_intent.succeeded
  tender trigger dojo:payment_intent.status_updated
  tender trigger code:submitted --webhook http://127.0.0.1:3000/hook`;

const CLOCK_HELP = `
Examples:
  tender clock                         the account's time, and its test clocks
  tender clock advance 7d              let a week pass for the account
  tender clock freeze 2026-12-24       a test clock, for customers of its own
  tender clock advance 1d12h --clock clock_…`;

/** Adds the commands that developers run beside a server; each is loaded when it is run. */
export function addDeveloperCommands(tender: Command): void {
  const add = (parent: Command, usage: string, description: string): Command =>
    withServerOptions(parent.command(usage).description(description));
  add(tender, 'show <id>', 'show what happened to a payment, as a timeline')
    .addHelpText('after', SHOW_HELP)
    .action(async (id, options) => (await import('./show.js')).show(id, options));
  add(tender, 'tail', 'print events as they happen')
    .option('-t, --types <types>', 'types by commas; charge.* is a family')
    .option('-n, --lines <number>', 'begin with so many of the latest', '0')
    .option('-c, --count <number>', 'end after so many')
    .addHelpText('after', TAIL_HELP)
    .action(async (options) => (await import('./tail.js')).tail(options));
  add(tender, 'listen', 'receive webhooks, print them and forward them')
    .option('-f, --forward-to <url>', 'where to post each one')
    .option('-e, --events <types>', 'types by commas; also dojo:… and code:*', '*')
    .addHelpText('after', LISTEN_HELP)
    .action(async (options) => (await import('./listen.js')).listen(options));
  add(tender, 'trigger [event]', 'make an event happen')
    .option('-w, --webhook <url>', 'what a request of Code names as its webhook')
    .addHelpText('after', TRIGGER_HELP)
    .action(async (event, options) => (await import('./trigger.js')).trigger(event, options));
  addClock(tender, add);
}

type Add = (parent: Command, usage: string, description: string) => Command;

function addClock(tender: Command, add: Add): void {
  const clock = tender
    .command('clock')
    .description('show and move business time; sandbox only')
    .helpCommand(false)
    .addHelpText('after', CLOCK_HELP);
  withServerOptions(
    clock.command('show', { isDefault: true }).description('show what time it is'),
  ).action(async (options) => (await import('./clock.js')).showClocks(options));
  add(clock, 'advance <by>', 'move it on by 7d, 1d12h, 90s, or to a time')
    .option('-c, --clock <id>', 'a test clock, instead of the account’s time')
    .action(async (by, options) => (await import('./clock.js')).advanceClock(by, options));
  add(clock, 'freeze [time]', 'make a test clock that stands still; now if not given')
    .option('-n, --name <name>', 'a name for it')
    .option('-c, --customer <id>', 'a customer to put on it')
    .action(async (time, options) => (await import('./clock.js')).freezeClock(time, options));
  add(clock, 'delete <clock>', 'delete a test clock, with its customers').action(
    async (id, options) => (await import('./clock.js')).deleteClock(id, options),
  );
}
