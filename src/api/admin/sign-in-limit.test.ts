import { expect, test } from 'vitest';
import { makeSignInLimit } from './sign-in-limit.js';

const fail = async () => null;

function makeLimit() {
  const clock = { nowMs: 1_000_000 };
  return { clock, limit: makeSignInLimit(() => clock.nowMs) };
}

test('one address may guess ten times for one e-mail address, and again later', async () => {
  const { clock, limit } = makeLimit();
  for (let at = 0; at < 10; at += 1) {
    expect(limit.admits('ada', '1.1.1.1')).toBe(true);
    await limit.guard('ada', '1.1.1.1', fail);
  }
  expect(limit.admits('ada', '1.1.1.1')).toBe(false);
  // Its owner, who is elsewhere, still gets in.
  expect(limit.admits('ada', '2.2.2.2')).toBe(true);
  clock.nowMs += 15 * 60_000 - 1;
  expect(limit.admits('ada', '1.1.1.1')).toBe(false);
  clock.nowMs += 1;
  expect(limit.admits('ada', '1.1.1.1')).toBe(true);
});

test('one address may guess fifty times for all e-mail addresses together', async () => {
  const { limit } = makeLimit();
  for (let at = 0; at < 50; at += 1) await limit.guard(`name ${at}`, '1.1.1.1', fail);
  expect(limit.admits('another', '1.1.1.1')).toBe(false);
});

test('all addresses together may guess a hundred times for one e-mail address', async () => {
  const { limit } = makeLimit();
  for (let at = 0; at < 100; at += 1) await limit.guard('ada', `1.1.1.${at}`, fail);
  expect(limit.admits('ada', '2.2.2.2')).toBe(false);
});

test('a try that succeeds is forgotten with those before it', async () => {
  const { limit } = makeLimit();
  for (let at = 0; at < 9; at += 1) await limit.guard('ada', '1.1.1.1', fail);
  expect(await limit.guard('ada', '1.1.1.1', async () => 'in')).toBe('in');
  await limit.guard('ada', '1.1.1.1', fail);
  expect(limit.admits('ada', '1.1.1.1')).toBe(true);
});

test('four passwords are looked at at once, and no more', async () => {
  const { limit } = makeLimit();
  let end: (value: null) => void = () => undefined;
  const open = new Promise<null>((resolve) => {
    end = resolve;
  });
  const running = ['a', 'b', 'c', 'd'].map((name) => limit.guard(name, name, () => open));
  expect(limit.admits('e', 'e')).toBe(false);
  end(null);
  await Promise.all(running);
  expect(limit.admits('e', 'e')).toBe(true);
});
