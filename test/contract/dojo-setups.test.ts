import { describe, expect, test } from 'vitest';
import type { SetupIntent } from '../../src/domain/setup.js';
import { chargeBySetup } from '../../src/engine/charge-setup.js';
import { createCustomer } from '../../src/engine/customers.js';
import { lookUp } from '../../src/engine/directory.js';
import { updateIntent } from '../../src/engine/intents.js';
import {
  answerSetupChallenge,
  cancelSetup,
  closeSetup,
  confirmSetup,
} from '../../src/engine/setups.js';
import { useTestEngine } from '../support/engine-suite.js';
import { ACCOUNT, confirm, fail, run } from '../support/payments.js';
import {
  CONFIRM_SETUP,
  createDojo,
  createDojoSetup,
  DAY_SECONDS,
  intentOf,
  passTime,
} from './dojo-scene.js';
import { read } from './rows.js';

const made = useTestEngine();

const unused = { method: null, confirm: null };
const confirmed = (id: string, method: string) =>
  confirmSetup(ACCOUNT, id, { method }, CONFIRM_SETUP);

async function setupOf(id: string): Promise<SetupIntent> {
  const setup = await read(made.store, 'setups', ACCOUNT, id);
  if (setup === null) throw new Error(`there is no ${id}`);
  return setup;
}

describe('a setup', () => {
  test('notes its tries, and how they ended', async () => {
    const { id } = await run(made.engine, createDojoSetup(unused));
    await made.engine.background(confirmed(id, 'pm_card_chargeDeclined'));
    const asked = await run(made.engine, confirmed(id, 'pm_card_threeDSecure2Required'));
    const secret = asked.challenge?.secret ?? '';
    const { history } = await run(made.engine, answerSetupChallenge(ACCOUNT, id, secret, true));
    expect(history?.map(({ kind, amount }) => `${kind} ${amount}`)).toEqual([
      'declined 0',
      'challenged 0',
      'authorized 0',
    ]);
    expect(history?.at(-1)?.card).toMatchObject({ brand: 'visa', last4: '3220' });
  });

  test('ends the tries of somebody who tries out cards to save', async () => {
    const { id } = await run(made.engine, createDojoSetup(unused));
    for (let i = 0; i < 50; i += 1)
      await made.engine.background(confirmed(id, 'pm_card_chargeDeclined'));
    const refusal = await fail(made.engine, confirmed(id, 'pm_card_visa'));
    expect(refusal).toMatchObject({ failure: 'limit_reached', max: 50 });
  });

  test('is canceled when its time is over, and not before', async () => {
    const { id } = await run(made.engine, createDojoSetup({ ...unused, expiresInSeconds: 60 }));
    await passTime(made, 59);
    expect((await setupOf(id)).state).toBe('awaiting_method');
    await passTime(made, 1);
    expect(await setupOf(id)).toMatchObject({
      state: 'canceled',
      cancellationReason: 'expired',
      history: [{ kind: 'canceled' }],
    });
  });

  test('has no end to come any more, once it has saved a card or was canceled', async () => {
    await run(made.engine, createDojoSetup({ expiresInSeconds: 60 }));
    const { id } = await run(made.engine, createDojoSetup({ ...unused, expiresInSeconds: 60 }));
    await run(made.engine, cancelSetup(ACCOUNT, id, null));
    expect(await made.store.scan('jobs', null, 9)).toEqual([]);
  });

  test('is found by strangers under the id in its link', async () => {
    const listedAs = (id: string): string => id.replace('seti_', 'si_sandbox_');
    const { id } = await run(made.engine, createDojoSetup({ listedAs }));
    expect(await lookUp(made.engine, listedAs(id))).toMatchObject({ kind: 'setup', subject: id });
  });

  test('that is closed cannot be closed again', async () => {
    const { id } = await run(made.engine, createDojoSetup());
    expect((await run(made.engine, closeSetup(ACCOUNT, id))).spent).toBe('closed');
    const refusal = await fail(made.engine, closeSetup(ACCOUNT, id));
    expect(refusal).toMatchObject({ failure: 'setup_state', operation: 'cancel' });
  });

  test('that has saved nothing is canceled when it is closed', async () => {
    const { id } = await run(made.engine, createDojoSetup(unused));
    const closed = await run(made.engine, closeSetup(ACCOUNT, id));
    expect(closed).toMatchObject({ state: 'canceled', spent: null });
  });
});

describe('a charge by a setup', () => {
  const charged = (id: string, setup: string | null) => chargeBySetup(ACCOUNT, id, setup);
  const methodOf = async ({ method }: SetupIntent) =>
    read(made.store, 'methods', ACCOUNT, method ?? '');

  test('pays, uses up the setup, and the card of nobody', async () => {
    const setup = await run(made.engine, createDojoSetup());
    expect(await methodOf(setup)).toMatchObject({ customer: null, consumed: false });
    const { id } = await run(made.engine, createDojo());
    const paid = await run(made.engine, charged(id, setup.id));
    expect(paid).toMatchObject({ state: 'captured', history: [{ kind: 'captured' }] });
    expect((await setupOf(setup.id)).spent).toBe('completed');
    expect((await methodOf(setup))?.consumed).toBe(true);
    const next = await run(made.engine, createDojo());
    const refusal = await fail(made.engine, charged(next.id, setup.id));
    expect(refusal).toMatchObject({ failure: 'setup_unfit', reason: 'state' });
  });

  test('leaves a customer the card, whom the intent need not name', async () => {
    const { id: customer } = await run(made.engine, createCustomer(ACCOUNT, {}));
    const setup = await run(made.engine, createDojoSetup({ customer }));
    const { id } = await run(made.engine, createDojo());
    expect((await run(made.engine, charged(id, setup.id))).state).toBe('captured');
    expect(await methodOf(setup)).toMatchObject({ customer, consumed: false });
  });

  test('is refused for another customer', async () => {
    const [one, two] = [
      await run(made.engine, createCustomer(ACCOUNT, {})),
      await run(made.engine, createCustomer(ACCOUNT, {})),
    ];
    const setup = await run(made.engine, createDojoSetup({ customer: one.id }));
    const { id } = await run(made.engine, createDojo({ customer: two.id }));
    const refusal = await fail(made.engine, charged(id, setup.id));
    expect(refusal).toMatchObject({ failure: 'method_customer_mismatch' });
  });

  test('that is declined leaves the setup usable, and the try in the history', async () => {
    const setup = await run(made.engine, createDojoSetup({ method: 'pm_card_chargeCustomerFail' }));
    const { id } = await run(made.engine, createDojo());
    expect(await fail(made.engine, charged(id, setup.id))).toMatchObject({ failure: 'declined' });
    expect(await intentOf(made, id)).toMatchObject({
      state: 'awaiting_method',
      history: [{ kind: 'declined' }],
    });
    expect((await setupOf(setup.id)).spent).toBeNull();
    expect((await methodOf(setup))?.consumed).toBe(false);
    expect(await fail(made.engine, charged(id, setup.id))).toMatchObject({ failure: 'declined' });
  });

  test('asks nobody: a card that must ask is declined', async () => {
    const method = 'pm_card_authenticationRequired';
    const { id: saved, challenge } = await run(made.engine, createDojoSetup({ method }));
    const secret = challenge?.secret ?? '';
    await run(made.engine, answerSetupChallenge(ACCOUNT, saved, secret, true));
    const { id } = await run(made.engine, createDojo());
    expect(await fail(made.engine, charged(id, saved))).toMatchObject({ failure: 'declined' });
    expect((await intentOf(made, id)).challenge).toBeNull();
  });

  test('holds where the intent is captured by hand', async () => {
    const setup = await run(made.engine, createDojoSetup());
    const { id } = await run(made.engine, createDojo({ captureMethod: 'manual' }));
    expect((await run(made.engine, charged(id, setup.id))).state).toBe('authorized');
    expect((await setupOf(setup.id)).spent).toBe('completed');
  });

  test('is refused where no setup is named, or one that saved nothing or is closed', async () => {
    const { id } = await run(made.engine, createDojo());
    const refused = async (setup: string | null) => {
      const failure = await fail(made.engine, charged(id, setup));
      return 'reason' in failure ? failure.reason : failure.failure;
    };
    expect(await refused(null)).toBe('none');
    expect(await refused('seti_none')).toBe('none');
    const open = await run(made.engine, createDojoSetup(unused));
    expect(await refused(open.id)).toBe('state');
    const closed = await run(made.engine, createDojoSetup());
    await run(made.engine, closeSetup(ACCOUNT, closed.id));
    expect(await refused(closed.id)).toBe('state');
    const euros = { singleUse: { amount: 1000, currency: 'eur' } };
    const other = await run(made.engine, createDojoSetup(euros));
    expect(await refused(other.id)).toBe('currency');
  });

  test('is refused once the card is over, to the second', async () => {
    const setup = await run(made.engine, createDojoSetup());
    const { id } = await run(made.engine, createDojo());
    // The cards of names end with August of the next year.
    made.clock.ms = Date.UTC(2027, 8, 1) - 1000;
    const last = await run(made.engine, createDojo());
    expect((await run(made.engine, updateIntent(ACCOUNT, id, {}))).state).toBe('awaiting_method');
    made.clock.advance(1);
    const refusal = await fail(made.engine, charged(last.id, setup.id));
    expect(refusal).toMatchObject({ failure: 'setup_unfit', reason: 'state' });
    made.clock.ms -= 1000;
    expect((await run(made.engine, charged(last.id, setup.id))).state).toBe('captured');
    await passTime(made, 60 * DAY_SECONDS);
  });

  test('is refused for what is paid, and of nothing', async () => {
    const setup = await run(made.engine, createDojoSetup());
    const { id } = await run(made.engine, createDojo());
    await run(made.engine, confirm(id));
    expect(await fail(made.engine, charged(id, setup.id))).toMatchObject({
      failure: 'intent_state',
      operation: 'charge',
    });
    expect(await fail(made.engine, charged('pi_none', setup.id))).toMatchObject({
      failure: 'missing',
    });
    expect((await setupOf(setup.id)).spent).toBeNull();
  });
});
