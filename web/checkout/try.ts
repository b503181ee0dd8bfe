import type { CheckoutState, PayCall } from '../../src/api/checkout/schema.js';
import { focusNeedy } from '../frames/body.js';
import { element } from '../frames/elements.js';
import { expected } from './amounts.js';
import type { Outcome } from './calls.js';
import { openChallenge } from './challenge.js';
import { askIn } from './dialog.js';
import { alarmDecline, alarmIn, enteredIn, type Form, fieldsOf, paint } from './form-parts.js';
import { shownMoney } from './money.js';
import { faultText, isStale } from './refusal.js';

/** How long to wait before a server that could not be reached is asked again. */
const AGAIN_MS = 2000;

/** Whether all is filled in; shows and goes to what is not. */
function isWhole(form: Form): boolean {
  const fields = fieldsOf(form);
  for (const field of fields) field.insist();
  if (fields.some((field) => field.fault() !== null)) {
    focusNeedy(fields);
    return false;
  }
  const { agree, app } = form;
  if (agree === null || agree.input.checked) return true;
  agree.fault(app.speech.texts.mustAgree);
  agree.input.focus();
  return false;
}

/** The device's own sheet, simulated. */
function sheet({ app, amount, tips }: Form): Promise<boolean> {
  const { texts, locale } = app.speech;
  const { merchant, total } = expected(app.state(), enteredIn({ amount, tips }));
  const sum = total === null ? '' : shownMoney(total, locale);
  const content = [
    element('p', { class: 'soft' }, merchant),
    element('p', { class: 'amount' }, sum),
    element('p', { class: 'notice is-attention' }, texts.simulated),
  ];
  return askIn(texts.device, content, { yes: texts.payPlain, no: texts.close });
}

/**
 * After a payment whose answer was lost: what became of it. Asks until somebody answers; nothing is
 * sent again before.
 */
async function recover(form: Form): Promise<void> {
  const { app } = form;
  const { texts } = app.speech;
  alarmIn(form, texts.checking);
  for (;;) {
    const outcome = await app.calls.state();
    if (outcome.kind === 'done') {
      app.take(outcome.value);
      const { status, lastError } = outcome.value;
      if (status === 'open' && lastError === null) alarmIn(form, texts.notCharged);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

async function settle(form: Form, outcome: Outcome): Promise<void> {
  const { app } = form;
  if (outcome.kind === 'lost') return recover(form);
  if (outcome.kind === 'fault') return refuse(form, outcome);
  app.take(outcome.value);
  if (outcome.value.status === 'challenge') return confirmAtBank(form);
  alarmDecline(form);
}

/** Has the customer answer his bank, and says what it came to. */
export async function confirmAtBank(form: Form): Promise<void> {
  alarmIn(form, '');
  await openChallenge(form.app);
  if (form.app.state().status === 'open') alarmDecline(form);
}

type Fault = Extract<Outcome<unknown>, { kind: 'fault' }>;

/** Fields of the page by the names that the server has for them, where they differ. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  expMonth: 'expiry',
  expYear: 'expiry',
  accountName: 'name',
};

/** Says what was refused, and goes to the field that is to blame where there is one. */
async function refuse(form: Form, outcome: Fault): Promise<void> {
  const { app } = form;
  if (isStale(outcome)) {
    const now = await app.calls.state();
    if (now.kind === 'done') app.take(now.value);
  }
  alarmIn(form, faultText(outcome, app.speech, app.state().merchant));
  const name = outcome.fault.field?.split('.').at(-1) ?? '';
  const key = OTHER_NAMES[name] ?? name;
  const field = fieldsOf(form).find(({ spec }) => spec.key.split('-').includes(key));
  field?.input.focus();
}

/** Shows the code by which a wallet pays, and looks for the payment from now on. */
async function showCode(form: Form, entered: Omit<PayCall, 'method'>): Promise<void> {
  const { app } = form;
  const kept = await app.calls.details(entered);
  if (kept.kind === 'lost') return alarmIn(form, app.speech.texts.offlineText);
  if (kept.kind === 'fault') return refuse(form, kept);
  app.take(kept.value);
  // Drawing it takes code of its own, which comes when it is first needed.
  const loading = import('./code-panel.js').catch(() => null);
  const [offer, panel] = await Promise.all([app.calls.code(), loading]);
  if (offer.kind === 'fault') return refuse(form, offer);
  if (offer.kind === 'lost' || panel === null) return alarmIn(form, app.speech.texts.offlineText);
  form.scan.replaceChildren(panel.drawCode(offer.value, app.speech));
  paint(form);
  form.scan.querySelector('p')?.focus();
  // The focus shows the words alone: on a phone the code would be below the screen.
  form.scan.scrollIntoView({ block: 'nearest' });
  app.watch();
}

function waitText({ purpose }: CheckoutState, form: Form): string {
  const { texts } = form.app.speech;
  return purpose === 'setup' ? texts.saving : texts.paying;
}

/** Pays by what was chosen and filled in, or says what is missing. */
export async function tryToPay(form: Form): Promise<void> {
  const { app, submit, agree, details, methods } = form;
  const chosen = methods.chosen();
  if (chosen === null || submit.getAttribute('aria-busy') === 'true') return;
  alarmIn(form, '');
  if (!isWhole(form)) return;
  const { method, panel } = chosen;
  const entered = { ...details.call(), ...enteredIn(form) };
  submit.setAttribute('aria-busy', 'true');
  try {
    if (method === 'code_wallet') return await showCode(form, entered);
    if (method === 'device_wallet' && !(await sheet(form))) return;
    submit.textContent = waitText(app.state(), form);
    const agreed = agree === null ? {} : { agreed: true };
    await settle(form, await app.calls.pay({ ...entered, ...panel.call(), ...agreed, method }));
  } finally {
    submit.removeAttribute('aria-busy');
    paint(form);
  }
}
