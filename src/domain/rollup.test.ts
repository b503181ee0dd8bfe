import { describe, expect, test } from 'vitest';
import type { Attempt } from './attempt.js';
import type { Intent } from './intent.js';
import {
  dayName,
  PAID_WITHIN_SECONDS,
  readTallyName,
  recounted,
  talliesOf,
  tallyName,
} from './rollup.js';

const DAY = Date.UTC(2026, 10, 21) / 1000;

/** What is counted of an intent; the rest of it is not looked at. */
const intent = (over: Partial<Intent> = {}): Intent =>
  ({
    id: 'pi_1',
    created: DAY,
    currency: 'usd',
    dialect: 'stripe',
    captured: 0n,
    refunded: 0n,
    latestAttempt: null,
    lastError: null,
    challenge: null,
    asks: null,
    ...over,
  }) as Intent;

const attempt = (over: Partial<Attempt> = {}): Attempt =>
  ({
    id: 'ch_1',
    intent: 'pi_1',
    created: DAY,
    methodType: 'card',
    state: 'captured',
    captured: 0n,
    decline: null,
    ...over,
  }) as Attempt;

/** The tally of the one day. */
const tally = (one: Intent, ...attempts: Attempt[]) => talliesOf([one], attempts)['2026-11-21'];
const DECLINE = { code: 'card_declined', declineCode: 'lost_card' } as Attempt['decline'];

describe('an intent counts', () => {
  test('as created, and not as confirmed before anybody acted', () => {
    expect(tally(intent())).toEqual({ 'measure usd stripe - created': '1' });
  });

  test.each<[string, Partial<Intent>]>([
    ['was tried', { latestAttempt: 'ch_0' }],
    ['has failed', { lastError: {} as Intent['lastError'] }],
    ['asks for a challenge', { challenge: {} as Intent['challenge'] }],
    ['asks for a transfer', { asks: {} as Intent['asks'] }],
  ])('as confirmed where it %s', (_, over) => {
    expect(tally(intent(over))).toEqual({
      'measure usd stripe - created': '1',
      'measure usd stripe - confirmed': '1',
    });
  });

  test('with what was paid, by its latest method and in the time that it took', () => {
    const paid = intent({ captured: 2000n, refunded: 300n, latestAttempt: 'ch_1' });
    expect(tally(paid, attempt({ created: DAY + 11, captured: 2000n }))).toEqual({
      'measure usd stripe card captured': '2000',
      'measure usd stripe card confirmed': '1',
      'measure usd stripe card created': '1',
      'measure usd stripe card refunded': '300',
      'measure usd stripe card succeeded': '1',
      'paid 12': '1',
    });
  });

  test('by the try that paid, though another came later', () => {
    const first = attempt({ id: 'ch_1', captured: 5n, created: DAY + 2 });
    const later = attempt({ id: 'ch_2', created: DAY + 50 });
    const paid = tally(intent({ captured: 5n, latestAttempt: 'ch_2' }), first, later);
    expect(paid).toMatchObject({ 'paid 2': '1' });
    const wallet = tally(intent({ captured: 5n, latestAttempt: 'ch_2' }), later);
    expect(wallet).toMatchObject({ 'paid 50': '1' });
  });

  test('what took longer than a month with the longest', () => {
    const longest = PAID_WITHIN_SECONDS.at(-1) ?? 0;
    const late = attempt({ created: DAY + longest + 1, captured: 5n });
    expect(tally(intent({ captured: 5n }), late)).toMatchObject({ [`paid ${longest}`]: '1' });
  });

  test('with its declines, and no other try’s', () => {
    const tries = [
      attempt({ id: 'a', state: 'failed', decline: DECLINE }),
      attempt({ id: 'b', state: 'failed', decline: DECLINE }),
      attempt({ id: 'c', state: 'captured', decline: DECLINE }),
      attempt({ id: 'd', state: 'failed', decline: null }),
      attempt({ id: 'e', intent: 'pi_2', state: 'failed', decline: DECLINE }),
    ];
    expect(tally(intent(), ...tries)).toEqual({
      'decline card_declined lost_card': '2',
      'measure usd stripe - confirmed': '1',
      'measure usd stripe - created': '1',
    });
  });

  test('on the day on which it was made', () => {
    const next = intent({ id: 'pi_2', created: DAY + 24 * 3600 });
    const days = talliesOf([intent(), intent({ id: 'pi_3' }), next], []);
    expect(days).toEqual({
      '2026-11-21': { 'measure usd stripe - created': '2' },
      '2026-11-22': { 'measure usd stripe - created': '1' },
    });
    expect(dayName(DAY - 1)).toBe('2026-11-20');
  });
});

describe('a name of a tally', () => {
  test.each([
    [
      'measure usd stripe card captured',
      { kind: 'measure', currency: 'usd', dialect: 'stripe', method: 'card', measure: 'captured' },
    ],
    ['paid 12', { kind: 'paid', withinSeconds: 12 }],
    [
      'decline card_declined lost_card',
      { kind: 'decline', code: 'card_declined', declineCode: 'lost_card' },
    ],
    ['decline card_declined ', { kind: 'decline', code: 'card_declined', declineCode: null }],
  ] as const)('says what is counted: %s', (name, counted) => {
    expect(readTallyName(name)).toEqual(counted);
    expect(tallyName(counted)).toBe(name);
  });

  test('that is none is refused', () => {
    expect(() => readTallyName('measure usd stripe card lost')).toThrow(
      'measure usd stripe card lost',
    );
  });
});

test('what is counted anew takes the place of what was counted, and zeros go', () => {
  const before = { a: '2', b: '1' };
  const after = { a: '3', c: '4' };
  expect(recounted({ z: '1', a: '10', b: '1' }, before, after)).toEqual({
    a: '11',
    c: '4',
    z: '1',
  });
  const names = Object.keys(recounted({ z: '1' }, {}, { a: '1', m: '1' }));
  expect(names).toEqual(['a', 'm', 'z']);
});
