import decodeQR from 'qr/decode.js';
import { describe, expect, test } from 'vitest';
import { qrLines } from './qr.js';

const LINK = 'https://192.168.178.23:4402/';

/** What a camera sees of the lines: squares of a few pixels, light on dark or dark on light. */
function photograph(lines: readonly string[], ink: number): string {
  const ground = 255 - ink;
  const scale = 6;
  const rows = lines.flatMap((line) => [
    [...line].map((each) => (each === '█' || each === '▀' ? ink : ground)),
    [...line].map((each) => (each === '█' || each === '▄' ? ink : ground)),
  ]);
  const width = (rows[0]?.length ?? 0) * scale;
  const height = rows.length * scale;
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const value = rows[Math.floor(y / scale)]?.[Math.floor(x / scale)] ?? 0;
      data.fill(value, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  return decodeQR({ width, height, data }, { effort: 8, timeLimit: 2000 });
}

describe('a code in the terminal', () => {
  test('is read where colours are known: black on white', () => {
    const lines = qrLines(LINK, true);
    const [on, off] = ['\u001b[38;5;16;48;5;231m', '\u001b[0m'];
    for (const line of lines) {
      expect(line.startsWith(on)).toBe(true);
      expect(line.endsWith(off)).toBe(true);
    }
    const bare = lines.map((line) => line.slice(on.length, -off.length));
    expect(photograph(bare, 0)).toBe(LINK);
  });

  test('is read where they are not: light on the terminal’s dark', () => {
    const lines = qrLines(LINK, false);
    for (const line of lines) expect(line).toMatch(/^[█▀▄ ]+$/);
    expect(photograph(lines, 255)).toBe(LINK);
  });

  test('fits a narrow terminal', () => {
    const lines = qrLines(LINK, false);
    expect(lines[0]?.length).toBeLessThanOrEqual(40);
    expect(lines.length).toBeLessThanOrEqual(20);
  });
});
