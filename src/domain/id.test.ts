import { randomFillSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idTime, makeIdSource } from './id.js';

const random = (bytes: Uint8Array) => {
  randomFillSync(bytes);
};
const NOW = Date.UTC(2026, 7, 1);

function at(...times: number[]) {
  let index = 0;
  const now = () => times[Math.min(index++, times.length - 1)] ?? 0;
  return makeIdSource({ now, random });
}

describe('next', () => {
  test('is prefix, time, counter and chance', () => {
    const ids = at(NOW);
    const id = ids.next('pi_sandbox_', 24);
    expect(id).toMatch(/^pi_sandbox_[0-9A-Za-z]{24}$/);
    expect(id.slice(18, 21)).toBe('000');
    expect(ids.next('pi_', 24).slice(10, 13)).toBe('001');
    expect(idTime(id)).toBe(NOW);
  });

  test('strictly increases whatever the clock does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 2 }), (steps) => {
        let time = NOW;
        const times = steps.map((step) => {
          time += step;
          return time;
        });
        const ids = at(...times);
        const made = times.map(() => ids.next('ch_', 24));
        for (const [index, id] of made.entries()) {
          if (index > 0) expect(id > (made[index - 1] ?? '')).toBe(true);
        }
      }),
    );
  });

  test('a clock that stepped back leaves time where it was', () => {
    const ids = at(NOW, NOW - 60_000, NOW + 1);
    const made = [ids.next('', 14), ids.next('', 14), ids.next('', 14)];
    expect(made.map(idTime)).toEqual([NOW, NOW, NOW + 1]);
  });

  test('a full counter carries into the milliseconds and stays ahead', () => {
    const ids = at(NOW);
    let last = '';
    for (let made = 0; made < 62 ** 3 + 5; made += 1) {
      const id = ids.next('', 10);
      if (!(id > last)) expect.fail(`${id} after ${last}`);
      last = id;
    }
    expect(idTime(last)).toBe(NOW + 1);
    expect(last.slice(7)).toBe('004');
  });

  test('never holds _secret', () => {
    const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    const time = [...'secret0'].reduce((so, digit) => so * 62 + digits.indexOf(digit), 0);
    expect(at(time - 1).next('pi_', 24)).toContain('pi_secresz');
    const ids = at(time);
    const made = [ids.next('pi_', 24), ids.next('pi_', 24), ids.next('pi_', 24)];
    expect(made.filter((id) => id.includes('_secret'))).toEqual([]);
    expect(made.map(idTime)).toEqual([time + 62, time + 62, time + 62]);
    expect(() => ids.next('pi_secret_', 24)).toThrow(RangeError);
  });

  test('refuses what cannot be an id', () => {
    const ids = at(NOW);
    expect(() => ids.next('pi', 24)).toThrow(RangeError);
    expect(() => ids.next('pi_', 9)).toThrow(RangeError);
    expect(() => ids.next('pi_', 257)).toThrow(RangeError);
    for (const time of [-1, Number.NaN, 62 ** 7]) {
      expect(() => at(time).next('pi_', 24)).toThrow(RangeError);
    }
    expect(at(62 ** 7 - 1).next('', 10)).toBe('zzzzzzz000');
  });

  test('many ids of a source differ, across refills of its pool', () => {
    const ids = makeIdSource({ now: Date.now, random });
    const made = new Set(Array.from({ length: 5_000 }, () => ids.next('pi_', 24).slice(13)));
    expect(made.size).toBe(5_000);
  });
});

describe('secret', () => {
  test('uses every character alike', () => {
    const ids = at(NOW);
    const counts = new Map<string, number>();
    const chars = 62 * 4_000;
    for (let drawn = 0; drawn < chars; drawn += 248) {
      for (const char of ids.secret(248)) counts.set(char, (counts.get(char) ?? 0) + 1);
    }
    expect(counts.size).toBe(62);
    // Chi squared with 61 degrees of freedom passes 150 once in a billion runs.
    const off = [...counts.values()].reduce((so, n) => so + (n - 4_000) ** 2 / 4_000, 0);
    expect(off).toBeLessThan(150);
  });

  test('maps bytes without modulo bias', () => {
    let next = 0;
    const counting = (bytes: Uint8Array) => {
      for (let index = 0; index < bytes.length; index += 1) bytes[index] = next++ % 256;
    };
    const ids = makeIdSource({ now: () => NOW, random: counting });
    const round = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'.repeat(4);
    expect(ids.secret(248)).toBe(round);
    expect(ids.secret(248)).toBe(round);
  });

  test('refuses a length that is none, and randomness that is none', () => {
    expect(() => at(NOW).secret(0)).toThrow(RangeError);
    expect(() => at(NOW).secret(257)).toThrow(RangeError);
    const broken = makeIdSource({ now: () => NOW, random: (bytes) => bytes.fill(255) });
    expect(() => broken.secret(25)).toThrow('random');
  });
});

test('idTime of what is not ours is null', () => {
  for (const id of ['', 'pi_', 'pi_short', 'pi_1234567', 'pi_-------0000000']) {
    expect(idTime(id)).toBeNull();
  }
});
