import { describe, expect, test } from 'vitest';
import { type FencedBlock, faultOf, fencedBlocks, isRun, programsOf } from './fenced-blocks.js';

const block = (language: string, text: string, mark = ''): FencedBlock => ({
  ...{ path: 'docs/a.md', line: 1, follows: false },
  ...{ language, text, mark },
});

describe('a fenced block', () => {
  test('is run unless it is a file, is shown only, or says why not', () => {
    expect(isRun(block('sh', 'true'))).toBe(true);
    expect(isRun(block('js', '1;', 'file: a.mjs'))).toBe(false);
    expect(isRun(block('sh', 'true', 'not run: needs root'))).toBe(false);
    expect(isRun(block('nginx', 'location / {}'))).toBe(false);
  });

  test('may name no unknown language, reason or mark', () => {
    expect(faultOf(block('sh', 'true', 'not run: needs root'))).toBeNull();
    expect(faultOf(block('sh', 'true', 'prints: a'))).toBeNull();
    expect(faultOf(block('cobol', ''))).toContain('nothing knows the language cobol');
    expect(faultOf(block('sh', 'true', 'not run: no time'))).toContain('"no time" is none of');
    expect(faultOf(block('sh', 'true', 'skip'))).toContain('a comment above a fence');
  });

  test('is found where it is, with the comment above it', () => {
    const [first, ...others] = fencedBlocks('README.md');
    expect(first).toMatchObject({ path: 'README.md', language: 'sh', mark: '' });
    expect(first?.text).toBe('npm ci && npm start\n');
    expect(others.map(({ mark }) => mark)).toContain('prints: "paymentLink":');
  });
});

test('a script without imports goes on where the one before it ended', () => {
  const [a, b, c] = [
    block('js', "import 'a';\n"),
    block('js', 'b;\n'),
    block('js', "import 'c';\n"),
  ];
  expect([...programsOf([a, block('sh', 'true'), b, c])]).toEqual([
    [b, "import 'a';\n\nb;\n"],
    [c, "import 'c';\n"],
  ]);
});
