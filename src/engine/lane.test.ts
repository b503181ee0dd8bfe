import { describe, expect, test } from 'vitest';
import type { Delivery } from '../domain/subscription.js';
import { CLAIM_MAX, isIdle, isSlow, type Lane, learn, newLane, pickTurns } from './lane.js';

const WINDOW_MAX = 16;

function lane(over: Partial<Lane> & { waits?: number; flying?: number } = {}): Lane {
  const { waits = 0, flying = 0, ...rest } = over;
  const made = { ...newLane('acct_1', 'we_1'), ...rest };
  for (let i = 0; i < waits; i++)
    made.waiting.push({ delivery: { id: `del_${i}` } as Delivery, leaseEndMs: 0, fact: null });
  for (let i = 0; i < flying; i++) made.started.set(`flying_${i}`, 0);
  return made;
}

const count = (lanes: readonly Lane[], wanted: Lane) =>
  lanes.filter((one) => one === wanted).length;

describe('learn', () => {
  test('quick answers open the window, whatever they say; a missing one closes it', () => {
    const one = lane();
    for (const window of [2, 4, 8, 16, 16]) {
      learn(one, { status: 500, durationMs: 10 }, WINDOW_MAX);
      expect(one.window).toBe(window);
    }
    learn(one, { status: 200, durationMs: 1500 }, WINDOW_MAX);
    expect(one).toMatchObject({ window: 16, slow: true });
    learn(one, { status: null, durationMs: 5 }, WINDOW_MAX);
    expect(one).toMatchObject({ window: 1, slow: true });
    learn(one, { status: 200, durationMs: 5 }, WINDOW_MAX);
    expect(one).toMatchObject({ window: 2, slow: false });
  });

  test('a try that hangs makes its lane slow before it ends', () => {
    const one = lane({ flying: 1 });
    expect(isSlow(one, 1000)).toBe(false);
    expect(isSlow(one, 1001)).toBe(true);
  });

  test('little is claimed where little is known', () => {
    const one = lane();
    expect(one.claim).toBe(1);
    for (let i = 0; i < 20; i++) learn(one, { status: 200, durationMs: 1 }, 1);
    expect(one).toMatchObject({ window: 1, claim: CLAIM_MAX });
    learn(one, { status: null, durationMs: 1 }, 1);
    expect(one.claim).toBe(1);
  });
});

describe('pickTurns', () => {
  test('nobody has more on the way than its window', () => {
    const one = lane({ waits: 10, window: 4, flying: 1 });
    expect(pickTurns([one], 100, 0).starts).toHaveLength(3);
  });

  test('places go to whoever has the fewest, in turn', () => {
    const greedy = lane({ waits: 50, window: 16, flying: 3 });
    const modest = lane({ waits: 2, window: 16 });
    const { starts } = pickTurns([greedy, modest], 7, 0);
    expect(starts).toHaveLength(4);
    expect(count(starts, modest)).toBe(2);
    expect(count(starts, greedy)).toBe(2);
    expect(starts.slice(0, 2)).toEqual([modest, modest]);
  });

  test('all places are used, and no more', () => {
    const lanes = Array.from({ length: 30 }, () => lane({ waits: 5, window: 16 }));
    expect(pickTurns(lanes, 64, 0).starts).toHaveLength(64);
  });

  test('hundreds of dead endpoints leave half of the places to the living', () => {
    const dead = Array.from({ length: 300 }, () => lane({ waits: 1, slow: true }));
    const living = lane({ waits: 40, window: 16 });
    const first = pickTurns([...dead, living], 64, 0);
    expect(count(first.starts, living)).toBe(16);
    expect(first.starts).toHaveLength(32 + 16);
    const hanging = Array.from({ length: 32 }, () => lane({ flying: 1, slow: true, due: true }));
    const later = pickTurns([...hanging, ...dead, living], 64, 5000);
    expect(later.starts).toEqual(Array.from({ length: 16 }, () => living));
    expect(later.claims).toEqual([]);
  });

  test('endpoints that were quick and die at once do not keep what they have', () => {
    const dying = Array.from({ length: 4 }, () => lane({ flying: 8, window: 16, waits: 100 }));
    const living = lane({ waits: 40, window: 16 });
    const { starts } = pickTurns([...dying, living], 64, 2000);
    expect(starts).toEqual(Array.from({ length: 16 }, () => living));
  });

  test('claims where a place is free, and ahead of need for the living', () => {
    const fresh = lane({ due: true });
    expect(pickTurns([fresh], 1, 0)).toEqual({ starts: [], claims: [fresh] });
    expect(pickTurns([lane({ flying: 1 }), fresh], 1, 0).claims).toEqual([]);
    const busy = lane({ due: true, flying: 16, window: 16, claim: 256, waits: 100 });
    expect(pickTurns([busy], 100, 0).claims).toEqual([busy]);
    const full = lane({ due: true, flying: 16, window: 16, claim: 256, waits: 200 });
    expect(pickTurns([full], 100, 0).claims).toEqual([]);
    const slow = lane({ due: true, flying: 1, slow: true });
    expect(pickTurns([slow], 100, 0).claims).toEqual([]);
    const claiming = lane({ due: true, claiming: true });
    expect(pickTurns([claiming], 100, 0).claims).toEqual([]);
  });
});

test('a lane is idle when nothing is waiting, on its way, due or being claimed', () => {
  expect(isIdle(lane())).toBe(true);
  for (const busy of [{ waits: 1 }, { flying: 1 }, { due: true }, { claiming: true }])
    expect(isIdle(lane(busy))).toBe(false);
});
