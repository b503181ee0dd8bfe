import type Stripe from 'stripe';
import { lengthText, secondsOf, timeOf } from './clock-time.js';
import { CommandFailure } from './failure.js';
import type { MerchantApi, ServerOptions } from './merchant-api.js';
import { type MerchantSession, pause, withMerchant } from './merchant-command.js';
import { moment } from './moment.js';
import { columns } from './terminal.js';

type TestClock = Stripe.TestHelpers.TestClock;

const PATH = '/v1/test_helpers/test_clocks';
/** How the account's own clock is called on the wire. */
const ACCOUNT = 'account';

const POLL_MS = 100;
/** Two years of a busy account are many jobs; the server goes on where nobody waits. */
const ADVANCE_MS_MAX = 600_000;

/** `tender clock`: what time it is for the account, and on its test clocks. */
export function showClocks(options: ServerOptions): Promise<void> {
  return withMerchant(options, async ({ api, paint, show }) => {
    const account = await api.stripe<TestClock>('GET', `${PATH}/${ACCOUNT}`);
    const { data } = await api.stripe<{ data: TestClock[] }>('GET', PATH, { limit: 100 });
    const { strong, quiet } = paint;
    const rows = [
      [quiet('Account'), strong(moment(account.frozen_time)), aheadText(account)],
      ...data.map((clock) => [
        quiet(clock.id),
        moment(clock.frozen_time),
        [clock.status, clock.name].filter(Boolean).join('  '),
      ]),
    ];
    show(
      ['', ...columns(rows).map((line) => `  ${line}`), '', 'Move it on: tender clock advance 7d'],
      { account, test_clocks: data },
    );
  });
}

/** How far the account's time is from this machine's; a second is what asking takes. */
function aheadText({ frozen_time, status }: TestClock): string {
  if (status !== 'ready') return status;
  const ahead = frozen_time - Math.floor(Date.now() / 1000);
  if (ahead <= 1) return 'as the wall clock';
  // Two clocks that are read one after the other: a second more or less is no difference.
  const shown = ahead < MINUTE ? ahead : Math.round(ahead / MINUTE) * MINUTE;
  return `${lengthText(shown)} ahead of the wall clock`;
}

const MINUTE = 60;

/** What `tender clock advance` takes. */
interface AdvanceOptions extends ServerOptions {
  /** A test clock's id; the account's own without it. */
  readonly clock?: string;
}

/** `tender clock advance <by>`: moves business time on, and waits until all that is due is done. */
export function advanceClock(by: string, options: AdvanceOptions): Promise<void> {
  return withMerchant(options, async (session) => {
    const { api, show, paint } = session;
    const id = options.clock ?? ACCOUNT;
    const { frozen_time: from } = await api.stripe<TestClock>('GET', pathOf(id));
    const seconds = secondsOf(by);
    const target = seconds === null ? timeOf(by) : from + seconds;
    if (target === null) throw new CommandFailure(notATime(by, '7d, 1d12h, 90s'));
    const clock = await passTo(session.api, id, target, progressOf(session));
    const name = id === ACCOUNT ? 'The account' : id;
    show(
      [
        `${name} is at ${paint.strong(moment(clock.frozen_time))}, ` +
          `${lengthText(target - from)} later. What was due has happened.`,
        'Next: tender tail, or tender clock',
      ],
      clock,
    );
  });
}

/**
 * Moves a clock on and waits until it has arrived. Throws CommandFailure where something that was
 * due failed, and where the server is at it for longer than anybody waits.
 */
export async function passTo(
  api: MerchantApi,
  id: string,
  target: number,
  onWait: (clock: TestClock) => void = () => {},
): Promise<TestClock> {
  const path = pathOf(id);
  let clock = await api.stripe<TestClock>('POST', `${path}/advance`, { frozen_time: target });
  const endMs = performance.now() + ADVANCE_MS_MAX;
  while (clock.status === 'advancing') {
    if (performance.now() > endMs)
      throw new CommandFailure('The clock is still being moved. See: tender clock');
    onWait(clock);
    await pause(POLL_MS);
    clock = await api.stripe<TestClock>('GET', path);
  }
  if (clock.status === 'ready') return clock;
  throw new CommandFailure(
    `The clock stopped at ${moment(clock.frozen_time)}: what was due there failed three ` +
      'times. The server’s log says what; then advance the clock again.',
  );
}

/** One line that is written over, for a person who has waited a second. */
function progressOf({ options }: MerchantSession): (clock: TestClock) => void {
  const startMs = performance.now();
  return ({ frozen_time }) => {
    const waits = performance.now() - startMs > 1000;
    if (waits && options.json !== true && process.stderr.isTTY)
      process.stderr.write(`\rat ${moment(frozen_time)}\u001b[K\r`);
  };
}

/** What `tender clock freeze` takes. */
interface FreezeOptions extends ServerOptions {
  readonly name?: string;
  /** A customer who is put on the clock. */
  readonly customer?: string;
}

/** `tender clock freeze [time]`: makes a test clock that stands still until it is moved. */
export function freezeClock(at: string | undefined, options: FreezeOptions): Promise<void> {
  return withMerchant(options, async ({ api, show, paint }) => {
    const frozen_time = at === undefined ? Math.floor(Date.now() / 1000) : timeOf(at);
    if (frozen_time === null) throw new CommandFailure(notATime(at ?? '', '2026-11-21T12:00'));
    const { name, customer } = options;
    const clock = await api.stripe<TestClock>('POST', PATH, { frozen_time, name, customer });
    show(
      [
        `${paint.strong(clock.id)} stands at ${moment(clock.frozen_time)}.`,
        `Next: tender clock advance 7d --clock ${clock.id}`,
      ],
      clock,
    );
  });
}

/** `tender clock delete <clock>`: ends a test clock; its customers go with it. */
export function deleteClock(id: string, options: ServerOptions): Promise<void> {
  return withMerchant(options, async ({ api, show }) => {
    const deleted = await api.stripe<object>('DELETE', pathOf(id));
    show([`${id} is deleted, with its customers. Their payments stay.`], deleted);
  });
}

function pathOf(id: string): string {
  return `${PATH}/${encodeURIComponent(id)}`;
}

function notATime(text: string, example: string): string {
  return `“${text}” is no length or point of time. Write it as ${example}.`;
}
