import { KikCode } from '@code-wallet/kikcode';
import { describe, expect, test } from 'vitest';
import { encodeKikcode } from './kikcode.js';
import { drawKikcode } from './kikcode-svg.js';

const SIZE = 400;
const payload = Uint8Array.from(Buffer.from('028c050000000000000bafe22156d2698c143b86', 'hex'));

const numbers = (text: string): number[] => (text.match(/-?[\d.]+(e-?\d+)?/g) ?? []).map(Number);

/** A line of ours: where it begins, and over how many radians it goes on clockwise. */
interface Line {
  readonly x: number;
  readonly y: number;
  readonly turn: number;
}

/** The angle of a point around the middle. */
const angleOf = (x: number, y: number): number => Math.atan2(y - SIZE / 2, x - SIZE / 2);

function linesOf(path: string): Line[] {
  return path
    .split('M')
    .slice(1)
    .map((line) => {
      const [head = '', ...turns] = line.split('A');
      const [x = 0, y = 0] = numbers(head);
      let turn = 0;
      let at = angleOf(x, y);
      for (const each of turns) {
        const to = angleOf(...(numbers(each).slice(-2) as [number, number]));
        turn += (to - at + 4 * Math.PI) % (2 * Math.PI);
        at = to;
      }
      return { x, y, turn };
    });
}

describe('the drawing of a round scan code', () => {
  const drawing = drawKikcode(payload, SIZE);
  const published = KikCode.generateDescription(
    { width: SIZE, height: SIZE },
    encodeKikcode(payload),
  );

  test('has the proportions of the published one', () => {
    expect(drawing.strokeWidth).toBeCloseTo(published.dotDimension, 6);
    expect(drawing.discRadius).toBeCloseTo((0.32 * SIZE) / 2, 6);
  });

  test('covers exactly the slots that the published one covers', () => {
    const covered = new Set<string>();
    for (const { x, y, turn } of linesOf(drawing.path)) {
      const radius = Math.hypot(x - SIZE / 2, y - SIZE / 2);
      const ring = Math.round((radius / (SIZE / 2) - 0.425) / (0.525 / 6) - 0.5);
      const slots = 32 + 8 * ring;
      for (let step = 0; step <= Math.round((turn / (2 * Math.PI)) * slots); step += 1) {
        const slot = Math.round(((angleOf(x, y) + Math.PI / 2) / (2 * Math.PI)) * slots) + step;
        covered.add(`${ring}:${(slot + slots) % slots}`);
      }
    }
    const marks = [...published.arcs, ...published.dots].map((mark) => {
      const [x = 0, y = 0] = numbers(mark);
      const ring = Math.round(
        (Math.hypot(x - SIZE / 2, y - SIZE / 2) / (SIZE / 2) - 0.425) / (0.525 / 6) - 0.5,
      );
      const slots = 32 + 8 * ring;
      const slot = Math.round(((angleOf(x, y) + Math.PI / 2) / (2 * Math.PI)) * slots);
      return `${ring}:${(slot + slots) % slots}`;
    });
    expect([...covered].sort()).toEqual([...new Set(marks)].sort());
    expect(marks.length).toBeGreaterThan(100);
  });

  test('goes with the size', () => {
    const small = drawKikcode(payload, SIZE / 2);
    expect(small.strokeWidth).toBeCloseTo(drawing.strokeWidth / 2, 6);
    expect(linesOf(small.path).length).toBe(linesOf(drawing.path).length);
  });
});
