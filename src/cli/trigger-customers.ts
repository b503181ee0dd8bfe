import type { Params } from './merchant-api.js';
import type { Steps } from './trigger-payments.js';
import type { Scene } from './trigger-scene.js';

const SETUPS = '/v1/setup_intents';
const CLOCKS = '/v1/test_helpers/test_clocks';
const CARD: Params = { payment_method_types: ['card'] };

const newCustomer = (scene: Scene): Promise<{ readonly id: string }> =>
  scene.call('POST', '/v1/customers', { name: 'Jenny Rosen', email: 'jenny@example.com' });

/** A card that is kept with a customer. */
async function keepCard(scene: Scene): Promise<string> {
  const { id: customer } = await newCustomer(scene);
  const path = '/v1/payment_methods/pm_card_visa/attach';
  return (await scene.call('POST', path, { customer })).id;
}

const setUp = (scene: Scene, card: string): Promise<unknown> =>
  scene.call('POST', SETUPS, { ...CARD, payment_method: `pm_card_${card}`, confirm: true });

/** A permission to debit an account ends with its customer. */
async function endMandate(scene: Scene): Promise<void> {
  const { id: customer } = await newCustomer(scene);
  const { mandate } = await scene.call<{ mandate: string }>('POST', SETUPS, {
    customer,
    confirm: true,
    payment_method_types: ['sepa_debit'],
    payment_method_data: {
      type: 'sepa_debit',
      sepa_debit: { iban: 'AT611904300234573201' },
      billing_details: { name: 'Jenny Rosen', email: 'jenny@example.com' },
    },
    mandate_data: { customer_acceptance: { type: 'offline' } },
  });
  // Reading it is how the scene learns that it is its own.
  await scene.call('GET', `/v1/mandates/${mandate}`);
  await scene.call('DELETE', `/v1/customers/${customer}`);
}

/** Steps for what tells of customers, their methods, setups and mandates, and of test clocks. */
export const CUSTOMER_TRIGGERS: Readonly<Record<string, Steps>> = {
  'customer.created': newCustomer,
  'customer.updated': async (scene) => {
    const { id } = await newCustomer(scene);
    await scene.call('POST', `/v1/customers/${id}`, { description: 'tender trigger' });
  },
  'customer.deleted': async (scene) => {
    const { id } = await newCustomer(scene);
    await scene.call('DELETE', `/v1/customers/${id}`);
  },
  'payment_method.attached': keepCard,
  'payment_method.updated': async (scene) => {
    const method = await keepCard(scene);
    await scene.call('POST', `/v1/payment_methods/${method}`, { metadata: { note: 'trigger' } });
  },
  'payment_method.detached': async (scene) => {
    const method = await keepCard(scene);
    await scene.call('POST', `/v1/payment_methods/${method}/detach`);
  },
  'setup_intent.created': (scene) => scene.call('POST', SETUPS, CARD),
  'setup_intent.requires_action': (scene) => setUp(scene, 'authenticationRequired'),
  'setup_intent.succeeded': (scene) => setUp(scene, 'visa'),
  'setup_intent.setup_failed': async (scene) => {
    const { id } = await scene.call('POST', SETUPS, CARD);
    const card = { payment_method: 'pm_card_chargeDeclined' };
    await scene.declined(scene.call('POST', `${SETUPS}/${id}/confirm`, card));
  },
  'setup_intent.canceled': async (scene) => {
    const { id } = await scene.call('POST', SETUPS, CARD);
    await scene.call('POST', `${SETUPS}/${id}/cancel`);
  },
  'mandate.updated': endMandate,
  'test_helpers.test_clock.created': (scene) => scene.customer(),
  'test_helpers.test_clock.advancing': passDay,
  'test_helpers.test_clock.ready': passDay,
  'test_helpers.test_clock.deleted': async (scene) => {
    const { id } = await scene.call('POST', CLOCKS, { frozen_time: Math.floor(Date.now() / 1000) });
    await scene.call('DELETE', `${CLOCKS}/${id}`);
  },
};

async function passDay(scene: Scene): Promise<void> {
  await scene.customer();
  await scene.pass(86_400);
}

const DOJO_ORDER = { amount: { value: 2000, currencyCode: 'GBP' }, reference: 'tender trigger' };
const DOJO_INTENTS = '/payment-intents';

/** An intent of the Dojo dialect that is paid; what it answers with is the intent's id there. */
async function payDojo(scene: Scene): Promise<string> {
  const { id } = await scene.dojo('POST', DOJO_INTENTS, DOJO_ORDER);
  // The intent is the Stripe dialect's, too, and a card's name is enough there.
  const path = `/v1/payment_intents/${id.replace('_sandbox_', '_')}/confirm`;
  await scene.call('POST', path, { payment_method: 'pm_card_visa' });
  return id;
}

/** Steps for the events of the Dojo dialect, by their names with `dojo:` before them. */
export const DOJO_TRIGGERS: Readonly<Record<string, Steps>> = {
  'dojo:payment_intent.created': (scene) => scene.dojo('POST', DOJO_INTENTS, DOJO_ORDER),
  'dojo:payment_intent.status_updated': payDojo,
  'dojo:payment_intent.updated': async (scene) => {
    const config = { payment: { customAmountAllowed: true } };
    const { id } = await scene.dojo('POST', DOJO_INTENTS, { ...DOJO_ORDER, config });
    const amount = { value: 2500, currencyCode: 'GBP' };
    await scene.dojo('POST', `${DOJO_INTENTS}/${id}/amount`, { amount });
  },
  'dojo:payment_intent.send-receipt': async (scene) => {
    const id = await payDojo(scene);
    await scene.dojo('POST', `${DOJO_INTENTS}/${id}/receipt`, { emails: ['jenny@example.com'] });
  },
};
