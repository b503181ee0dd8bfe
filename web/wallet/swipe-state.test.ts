import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SWIPE_START, type SwipeEvent, type SwipeState, swiped } from './swipe-state.js';

const after = (...events: readonly SwipeEvent[]): SwipeState => events.reduce(swiped, SWIPE_START);
const move = (position: number): SwipeEvent => ({ kind: 'move', position });
const release: SwipeEvent = { kind: 'release' };
const press: SwipeEvent = { kind: 'press' };
const calm: SwipeEvent = { kind: 'calm' };
const step = (direction: 1 | -1): SwipeEvent => ({ kind: 'step', direction });

describe('a slide', () => {
  test('to the end, or nearly there, confirms when it is let go', () => {
    expect(after(move(0.5), move(1)).isDone).toBe(false);
    expect(after(move(0.5), move(1), release).isDone).toBe(true);
    expect(after(move(0.9), release).isDone).toBe(true);
  });

  test('that is let go half-way goes back', () => {
    expect(after(move(0.89), release)).toEqual(SWIPE_START);
    expect(after(move(1), move(0.3), release)).toEqual(SWIPE_START);
  });

  test('stays within its track', () => {
    expect(after(move(7)).position).toBe(1);
    expect(after(move(-7)).position).toBe(0);
  });
});

describe('the keyboard', () => {
  test('takes four steps to the end', () => {
    const steps = [step(1), step(1), step(1)];
    expect(after(...steps)).toEqual({ ...SWIPE_START, position: 0.75 });
    expect(after(...steps, step(1)).isDone).toBe(true);
  });

  test('steps back, too', () => {
    expect(after(step(1), step(-1), step(-1))).toEqual(SWIPE_START);
  });

  test('confirms with a second press, not with one', () => {
    expect(after(press)).toEqual({ ...SWIPE_START, isArmed: true });
    expect(after(press, press).isDone).toBe(true);
    expect(after(press, calm, press).isDone).toBe(false);
    expect(after(press, move(0.2), release, press).isDone).toBe(false);
  });
});

test('what is done stays done, and only a deliberate act does it', () => {
  const event = fc.oneof(
    fc.double({ min: -2, max: 2, noNaN: true }).map(move),
    fc.constantFrom(release, press, calm, step(1), step(-1)),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      let state = SWIPE_START;
      for (const each of events) {
        const next = swiped(state, each);
        if (state.isDone) expect(next).toBe(state);
        else if (next.isDone) {
          const slid = each.kind === 'release' && state.position >= 0.9;
          const stepped = each.kind === 'step' && state.position >= 0.75;
          expect(slid || stepped || (each.kind === 'press' && state.isArmed)).toBe(true);
        }
        state = next;
      }
    }),
  );
});
