import { describe, expect, test } from 'vitest';
import { INVITATION_SECONDS, type Operator, SESSION_SECONDS } from '../../src/domain/operator.js';
import { INSTALLATION } from '../../src/domain/rendezvous.js';
import { keyDigest } from '../../src/engine/api-keys.js';
import {
  changeRole,
  choosePassword,
  closeSession,
  findOperator,
  invited,
  inviteOperator,
  openSession,
  removeOperator,
  whoseSession,
} from '../../src/engine/operators.js';
import { useTestEngine } from '../support/engine-suite.js';
import { run } from '../support/payments.js';

const made = useTestEngine();

const MAIL = 'ann@shop.example';
const invite = (secret = 'link', email = MAIL) =>
  run(
    made.engine,
    inviteOperator({ email, role: 'viewer', merchants: ['acct_a'], secret }, 'root'),
  );
const sessions = () => made.store.scan('operator_sessions', null, 100);
/** The log's lines, the oldest first. */
const deeds = async () => {
  const lines = await made.store.scan('operator_log', null, 100);
  return lines.map(({ operator, action, subject, detail }) => [operator, action, subject, detail]);
};
const wall = () => Math.floor(made.clock.ms / 1000);
/** An operator who has chosen a password. */
async function operator(): Promise<Operator> {
  const { id } = await invite();
  const known = await made.engine.background(choosePassword(id, 'link', 'scrypt$x'));
  if (known === null || 'failure' in known) throw new Error('the link did not work');
  return known;
}

describe('an invitation', () => {
  test('is kept under the plain address, for a day, and is written down', async () => {
    const known = await invite('link', '  Ann@Shop.Example ');
    expect(known).toMatchObject({
      account: INSTALLATION,
      id: expect.stringMatching(/^op_.{24}$/),
      email: MAIL,
      created: wall(),
      role: 'viewer',
      merchants: ['acct_a'],
      password: null,
      invitation: { digest: keyDigest('link'), expiresAt: wall() + INVITATION_SECONDS },
    });
    expect(await deeds()).toEqual([['root', 'operator.invite', MAIL, {}]]);
    expect(await findOperator(made.engine, ' ANN@shop.example')).toEqual(known);
    expect(await findOperator(made.engine, 'bob@shop.example')).toBeNull();
  });

  test('opens with its own secret alone, until its last second', async () => {
    const known = await invite();
    expect(await invited(made.engine, known.id, 'link')).toEqual(known);
    expect(await invited(made.engine, known.id, 'links')).toBeNull();
    expect(await invited(made.engine, 'op_none', 'link')).toBeNull();
    made.clock.advance(INVITATION_SECONDS - 1);
    expect(await invited(made.engine, known.id, 'link')).toEqual(known);
    made.clock.advance(1);
    expect(await invited(made.engine, known.id, 'link')).toBeNull();
    expect(await made.engine.background(choosePassword(known.id, 'link', 'x'))).toBeNull();
  });

  test('of one who is known leaves role, password and sessions as they are', async () => {
    const known = await operator();
    await run(made.engine, openSession(known, 'cookie', null));
    const again = await run(
      made.engine,
      inviteOperator({ email: MAIL, role: 'admin', merchants: null, secret: 'other' }, 'root'),
    );
    const invitation = { digest: keyDigest('other'), expiresAt: wall() + INVITATION_SECONDS };
    expect(again).toEqual({ ...known, invitation });
    expect(await sessions()).toHaveLength(1);
  });

  test('is used up by the password that is chosen, which ends all sessions', async () => {
    const known = await operator();
    expect(known).toMatchObject({ password: 'scrypt$x', invitation: null });
    expect((await deeds()).at(-1)).toEqual([MAIL, 'operator.password', known.id, {}]);
    await run(made.engine, openSession(known, 'cookie', null));
    await invite('other');
    expect(await made.engine.background(choosePassword(known.id, 'link', 'y'))).toBeNull();
    expect(await sessions()).toHaveLength(1);
    await run(made.engine, choosePassword(known.id, 'other', 'y') as never);
    expect(await sessions()).toEqual([]);
    expect(await invited(made.engine, known.id, 'other')).toBeNull();
    expect(await made.engine.background(choosePassword('op_none', 'other', 'y'))).toBeNull();
  });
});

describe('a session', () => {
  test('is found by its secret, and its use noted once a minute', async () => {
    const known = await operator();
    const session = await run(made.engine, openSession(known, 'cookie', null));
    expect(session).toEqual({
      account: INSTALLATION,
      id: keyDigest('cookie'),
      operator: known.id,
      created: wall(),
      seenAt: wall(),
    });
    expect((await deeds()).at(-1)).toEqual([MAIL, 'session.open', known.id, {}]);
    const opened = wall();
    made.clock.advance(59);
    expect(await whoseSession(made.engine, 'cookie')).toEqual(known);
    expect(await sessions()).toMatchObject([{ seenAt: opened }]);
    made.clock.advance(1);
    expect(await whoseSession(made.engine, 'cookie')).toEqual(known);
    expect(await sessions()).toMatchObject([{ created: opened, seenAt: opened + 60 }]);
    expect(await whoseSession(made.engine, 'cookies')).toBeNull();
  });

  test('is over when nobody has used it for two hours, or after a working day', async () => {
    const known = await operator();
    await run(made.engine, openSession(known, 'idle', null));
    made.clock.advance(2 * 3600 - 1);
    expect(await whoseSession(made.engine, 'idle')).toEqual(known);
    made.clock.advance(2 * 3600);
    expect(await whoseSession(made.engine, 'idle')).toBeNull();
    await run(made.engine, openSession(known, 'busy', null));
    for (let passed = 0; passed < SESSION_SECONDS - 3600; passed += 3600) {
      made.clock.advance(3600);
      expect(await whoseSession(made.engine, 'busy')).toEqual(known);
    }
    made.clock.advance(3600);
    expect(await whoseSession(made.engine, 'busy')).toBeNull();
  });

  test('takes the place of the one that the browser had, whosever that was', async () => {
    const known = await operator();
    const other = await invite('x', 'bob@shop.example');
    await run(made.engine, openSession(known, 'first', null));
    await run(made.engine, openSession(known, 'second', 'first'));
    expect(await whoseSession(made.engine, 'first')).toBeNull();
    await run(made.engine, openSession(known, 'third', null));
    await run(made.engine, openSession(other, 'hers', 'second'));
    expect(await whoseSession(made.engine, 'second')).toBeNull();
    expect(await whoseSession(made.engine, 'third')).toEqual(known);
    expect(await whoseSession(made.engine, 'hers')).toEqual(other);
  });

  test('is one of ten: the one that was used longest ago makes room', async () => {
    const known = await operator();
    for (let i = 0; i < 10; i += 1) {
      await run(made.engine, openSession(known, `s${i}`, null));
      made.clock.advance(60);
    }
    // The first was used last.
    await whoseSession(made.engine, 's0');
    expect(await sessions()).toHaveLength(10);
    await run(made.engine, openSession(known, 's10', null));
    expect(await sessions()).toHaveLength(10);
    expect(await whoseSession(made.engine, 's1')).toBeNull();
    expect(await whoseSession(made.engine, 's0')).toEqual(known);
    expect(await whoseSession(made.engine, 's2')).toEqual(known);
    made.clock.advance(SESSION_SECONDS);
    await run(made.engine, openSession(known, 'next', null));
    expect(await sessions()).toHaveLength(1);
  });

  test('ends by its secret, once, and that is written down', async () => {
    const known = await operator();
    await run(made.engine, openSession(known, 'cookie', null));
    await made.engine.background(closeSession('cookie', MAIL));
    expect(await whoseSession(made.engine, 'cookie')).toBeNull();
    const before = await deeds();
    expect(before.at(-1)).toEqual([MAIL, 'session.close', known.id, {}]);
    await made.engine.background(closeSession('cookie', MAIL));
    expect(await deeds()).toEqual(before);
  });
});

describe('an operator', () => {
  test('gets another role at once, which is written down', async () => {
    const known = await operator();
    await run(made.engine, openSession(known, 'cookie', null));
    const raised = await made.engine.background(changeRole(known.id, 'admin', 'root'));
    expect(raised).toEqual({ ...known, role: 'admin' });
    expect(await whoseSession(made.engine, 'cookie')).toMatchObject({ role: 'admin' });
    expect((await deeds()).at(-1)).toEqual(['root', 'operator.role', MAIL, { role: 'admin' }]);
    expect(await made.engine.background(changeRole('op_none', 'admin', 'root'))).toBeNull();
  });

  test('who is removed is gone with all sessions', async () => {
    const known = await operator();
    await run(made.engine, openSession(known, 'cookie', null));
    expect(await made.engine.background(removeOperator(known.id, 'root'))).toEqual(known);
    expect(await findOperator(made.engine, MAIL)).toBeNull();
    expect(await sessions()).toEqual([]);
    const lines = await deeds();
    expect(lines.at(-1)).toEqual(['root', 'operator.remove', MAIL, {}]);
    expect(await made.engine.background(removeOperator(known.id, 'root'))).toBeNull();
    expect(await deeds()).toEqual(lines);
  });
});
