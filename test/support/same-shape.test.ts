import { describe, expect, test } from 'vitest';
import { hasSameFields, hasSameShape } from './same-shape.js';

describe('what is printed', () => {
  test('may have other ids, times, durations and more space', () => {
    const said = 'pi_3MkVbcqAAAA  paid at 10:00:00\n2026-11-21  sent in 3 ms';
    expect(
      hasSameShape(said, 'pi_sandbox_9zzzzzzzz   paid at 23:59:59 \n2027-01-01  sent in 4.5 ms\n'),
    ).toBe(true);
    expect(hasSameShape(said, said.replace('paid', 'declined'))).toBe(false);
    expect(hasSameShape(said, `${said}\nmore`)).toBe(false);
  });

  test('may be anything where the document leaves it out, and nothing is a pattern', () => {
    expect(hasSameShape('{"a":"…"}', '{"a":"x\ny"}')).toBe(true);
    expect(hasSameShape('a.c (d)', 'abc (d)')).toBe(false);
    expect(hasSameShape('a.c (d)', 'a.c (d)')).toBe(true);
  });
});

describe('a JSON answer', () => {
  test('has the fields that are shown, and may have others', () => {
    const said = { id: 'pi_1', amount: 1099, created: 1_795_000_000, list: [{ status: 'paid' }] };
    const printed = {
      id: 'pi_2',
      amount: 1099,
      created: 1_800_000_000,
      list: [{ status: 'paid' }],
    };
    expect(hasSameFields(said, { ...printed, more: null })).toBe(true);
    for (const change of [{ id: 1 }, { amount: 1098 }, { list: [] }, { list: [{ status: 'no' }] }])
      expect(hasSameFields(said, { ...printed, ...change })).toBe(false);
  });
});
