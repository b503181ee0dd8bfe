import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeLogger, scrubText } from './logger.js';

function logged(isTTY: boolean, colors: boolean, level = 'info') {
  const lines: string[] = [];
  const output = { isTTY, write: (text: string) => lines.push(text) };
  return { lines, log: makeLogger({ level, output, colors }) };
}

describe('what is taken out of a text', () => {
  test.each([
    ['Invalid key sk_test_4eC39HqLyjW given', 'Invalid key sk_test_[hidden] given'],
    ['rk_live_abc_def', 'rk_live_[hidden]'],
    ['ek_test_acct_a__b', 'ek_test_[hidden]'],
    ['sk_sandbox_abc', 'sk_sandbox_[hidden]'],
    ['whsec_MfKQ9r8GKYqrTwjUPD8+/=', 'whsec_[hidden]'],
    ['pi_3Abc_secret_9xYz', 'pi_3Abc_secret_[hidden]'],
    ['seti_1_secret_2&x=1', 'seti_1_secret_[hidden]&x=1'],
    ['Authorization: Bearer abc.def-_', 'Authorization: Bearer [hidden]'],
    ['authorization: basic c2s6', 'authorization: basic [hidden]'],
    ['postgres://me:pass@db:5432/x', 'postgres://me:[hidden]@db:5432/x'],
    ['card 4242424242424242.', 'card [card].'],
    ['number=4242+4242+4242+4242&cvc', 'number=[card]&cvc'],
    ['4242%204242%204242%204242', '[card]'],
    ['3782-822463-10005', '[card]'],
    ['6011 1111 1111 1117', '[card]'],
  ])('%j', (text, scrubbed) => {
    expect(scrubText(text)).toBe(scrubbed);
  });

  test.each([
    ['pk_test_abc is public'],
    ['pi_3Abc at https://example.com/a:b@c'],
    ['4242424242424241 is no card'],
    ['at 1763688691000 ms'],
    ['2026-11-21T01:31:21.123Z'],
  ])('nothing of %j', (text) => {
    expect(scrubText(text)).toBe(text);
  });

  test('every card number, however it is grouped', () => {
    const card = fc.constantFrom('4242424242424242', '5555555555554444', '378282246310005');
    const gap = fc.constantFrom('', ' ', '-', '+');
    fc.assert(
      fc.property(card, fc.array(gap, { minLength: 16, maxLength: 16 }), (number, gaps) => {
        const typed = [...number].map((digit, i) => (i === 0 ? '' : gaps[i]) + digit).join('');
        expect(scrubText(`x ${typed} y`)).toBe('x [card] y');
      }),
    );
  });
});

test('no secret reaches the log, wherever in an object it is', () => {
  const { log, lines } = logged(false, false);
  log.warn(
    {
      headers: { authorization: 'anything', Cookie: 'a=b', host: 'x' },
      list: [{ client_secret: 'abc', deep: 'sk_test_deep' }, 4242424242424242],
      err: new Error('no pi_1_secret_2'),
    },
    'key %s',
    'sk_live_abc',
  );
  const [line = ''] = lines;
  expect(line).not.toMatch(/anything|a=b|"abc"|deep"?_|sk_test_deep|4242|secret_2|live_abc/);
  expect(JSON.parse(line)).toMatchObject({
    level: 'warn',
    msg: 'key sk_live_[hidden]',
    headers: { authorization: '[hidden]', Cookie: '[hidden]', host: 'x' },
    list: [{ client_secret: '[hidden]', deep: 'sk_test_[hidden]' }, '[card]'],
  });
});

test('lines below the level are not written', () => {
  const { log, lines } = logged(false, false, 'warn');
  log.info('nothing');
  expect(lines).toEqual([]);
});

describe('at a terminal', () => {
  test('a line is short', () => {
    const { log, lines } = logged(true, false);
    log.info({ port: 4400, path: '/x y' }, 'Listening');
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d {2}info {3}Listening {2}port=4400 path=\/x y\n$/);
  });

  test('an error has its stack below', () => {
    const { log, lines } = logged(true, false);
    log.error({ err: new Error('broken') }, 'request failed');
    expect(lines[0]).toMatch(/error {2}request failed\n {2}Error: broken\n {6}at /);
  });

  test('colours are used when they are wanted, and only there', () => {
    const escapeCode = '\u001b[';
    const [colored, plain, piped] = [logged(true, true), logged(true, false), logged(false, true)];
    for (const { log } of [colored, plain, piped]) log.error('broken');
    expect(colored.lines[0]).toContain(escapeCode);
    expect(plain.lines[0]).not.toContain(escapeCode);
    expect(piped.lines[0]).not.toContain(escapeCode);
  });
});
