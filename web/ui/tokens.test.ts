import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const sheet = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const blocks = sheet.match(/:root[^{]*\{[^{}]*\}/g) ?? [];

function colours(block: string | undefined): Record<string, string> {
  const found = (block ?? '').matchAll(/--([\w-]+): (#[\da-f]{6});/g);
  return Object.fromEntries([...found].map(([, name = '', value = '']) => [name, value]));
}

const light = colours(blocks[0]);
const systemDark = colours(blocks.find((block) => block.includes(':not([data-theme="light"])')));
const chosenDark = colours(blocks.find((block) => block.startsWith(':root[data-theme="dark"]')));

/** Relative luminance and contrast as WCAG 2 defines them. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

describe.each([
  ['light', light],
  ['dark by the system', systemDark],
  ['dark by choice', chosenDark],
])('the colours, %s', (_, theme) => {
  const texts = ['ink', 'soft', 'faint', 'accent', 'attention', 'failure'];
  test.each(texts.flatMap((text) => ['paper', 'field'].map((ground) => [text, ground])))(
    '%s on %s can be read',
    (text = '', ground = '') => {
      expect(contrast(theme[text] ?? '', theme[ground] ?? '')).toBeGreaterThanOrEqual(4.5);
    },
  );

  test('what stands on the accent can be read', () => {
    const { accent = '', 'on-accent': text = '' } = theme;
    expect(contrast(text, accent)).toBeGreaterThanOrEqual(4.5);
  });
});

test('the dark of the system and the one that is chosen are the same', () => {
  expect(systemDark).toEqual(chosenDark);
  expect(Object.keys(systemDark).length).toBe(Object.keys(light).length);
});
