import type { AccountInfo } from '../../src/api/admin/schema.js';
import { element } from '../frames/elements.js';
import { button, field } from '../wallet/dom.js';
import { type App, change, may, type Place } from './app.js';
import { duration } from './format.js';
import { isInUse } from './in-use.js';
import { copyable, factList, headOf, link, section, time } from './parts.js';

/** Clocks go forward in these steps, in seconds. */
const STEPS = [
  ['An hour', 3600],
  ['A day', 86_400],
  ['A week', 7 * 86_400],
  ['30 days', 30 * 86_400],
] as const;

/** What a statement prefix may be, as the card networks have it. */
const PREFIX = /^(?=.*[A-Za-z])[^<>\\'"*]{2,10}$/;

/** The account, its statement prefix and its clock. */
export const settingsPlace: Place = async (app) => {
  const { account } = app.session;
  const about = section(
    'Account',
    factList([
      ['Id', copyable(account.id, app.say)],
      ['Name', account.name],
      ['Country', account.country],
      ['Currency', account.currency.toUpperCase()],
    ]),
  );
  const log = section(
    'Operator log',
    element('p', { class: 'soft' }, 'Every change that was made here: who, what and when.'),
    element('p', {}, link('/audit', 'Open the log')),
  );
  let clock = clockPanel(app, account);
  let ahead = account.aheadSeconds;
  const parts = [about, prefixPanel(app), clock, log];
  return {
    title: 'Settings',
    node: element('div', {}, headOf('Settings'), ...parts),
    // A clock that was moved comes to where it was sent a moment later.
    refresh: async () => {
      const { account: now } = await app.calls.session();
      if (now.aheadSeconds === ahead || isInUse(clock)) return;
      const next = clockPanel(app, now);
      clock.replaceWith(next);
      clock = next;
      ahead = now.aheadSeconds;
    },
  };
};

function prefixPanel(app: App): HTMLElement {
  const { statementPrefix } = app.session.account;
  const input = element('input', { value: statementPrefix, maxlength: '10', autocomplete: 'off' });
  const made = field('Prefix on statements', input);
  const hint = element(
    'p',
    { class: 'soft' },
    'What customers see before the rest on their statement: 2 to 10 characters, one of them ' +
      'a letter.',
  );
  if (!may(app.session, 'admin')) {
    input.disabled = true;
    return section('Statement', made.node, hint);
  }
  const save = button('Save', async () => {
    const prefix = input.value.trim();
    const isFit = PREFIX.test(prefix);
    made.fault(isFit ? null : 'Type 2 to 10 characters with a letter, without < > \\ \' " *.');
    if (isFit) await change(app, () => app.calls.setPrefix(prefix), 'Prefix saved');
  });
  return section('Statement', made.node, hint, save);
}

function clockPanel(app: App, { nowMs, aheadSeconds }: AccountInfo): HTMLElement {
  const facts = factList([
    ['Business time', time(nowMs)],
    ['Ahead of the wall clock', aheadSeconds === 0 ? 'No' : duration(aheadSeconds)],
  ]);
  if (app.session.livemode || !may(app.session, 'admin')) return section('Clock', facts);
  const steps = STEPS.map(([name, seconds]) =>
    button(name, () =>
      change(app, () => app.calls.advance(seconds), `The clock goes forward: ${name}`),
    ),
  );
  const hint =
    'Moves the time of this account forward: holds end, disputes are decided, webhooks are tried ' +
    'again. It never goes back.';
  return section(
    'Test clock',
    facts,
    element('p', { class: 'soft' }, hint),
    element('div', { class: 'toolbar' }, ...steps),
  );
}
