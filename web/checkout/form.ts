import type { CheckoutState, DetailsCall } from '../../src/api/checkout/schema.js';
import { element } from '../frames/elements.js';
import { button } from '../wallet/dom.js';
import { amountPart, expected, tipsPart } from './amounts.js';
import { type App, type View, webAddress } from './app.js';
import { makeDetails } from './details.js';
import { askIn } from './dialog.js';
import { alarmDecline, alarmIn, enteredIn, type Form, paint } from './form-parts.js';
import { countrySelect, tickBox } from './inputs.js';
import { makeMethods } from './methods.js';
import { filled, type Speech } from './texts.js';
import { confirmAtBank, tryToPay } from './try.js';

/** Takes away a code that is no longer what is to be paid. */
function dropCode(form: Form): void {
  form.scan.replaceChildren();
  paint(form);
}

async function cancelBy(form: Form): Promise<void> {
  const { app } = form;
  const { texts } = app.speech;
  const isSetup = app.state().purpose === 'setup';
  const [yes, title, text] = isSetup
    ? [texts.cancelSetup, texts.cancelSetup, texts.cancelSetupText]
    : [texts.cancel, texts.cancelQuestion, texts.cancelText];
  const answers = { yes, no: texts.close, look: 'danger' } as const;
  if (!(await askIn(title, [element('p', {}, text)], answers))) return;
  const outcome = await app.calls.cancel();
  if (outcome.kind !== 'done') return alarmIn(form, texts.offlineText);
  app.take(outcome.value);
  const { cancelUrl, status } = outcome.value;
  if (status === 'canceled' && cancelUrl !== null) app.go(cancelUrl);
}

function leaveWays(form: () => Form, { speech, state }: App): HTMLElement {
  const { canCancel, cancelUrl, merchant, purpose } = state();
  const { texts } = speech;
  const back = webAddress(cancelUrl);
  const ways = element('div', { class: 'ways' });
  if (canCancel)
    ways.append(
      button(
        purpose === 'setup' ? texts.cancelSetup : texts.cancel,
        () => cancelBy(form()),
        'quiet',
      ),
    );
  else if (back !== null)
    ways.append(
      element(
        'a',
        { href: back, class: 'button is-quiet' },
        filled(texts.back, { shop: merchant }),
      ),
    );
  return ways;
}

/** The terms that saving a card comes with, and the box by which they are agreed to. */
function termsOf(
  { purpose, terms }: CheckoutState,
  { texts }: Speech,
): [HTMLElement, Form['agree']] {
  const agree = terms === '' ? null : tickBox('agree', texts.agree);
  const text = element('div', { class: 'terms', tabindex: '0' }, terms);
  const hint = purpose === 'setup' ? element('p', { class: 'hint' }, texts.nothingNow) : '';
  const shown = terms === '' ? [hint] : [hint, text, agree?.root ?? ''];
  return [element('div', { class: 'group' }, ...shown), agree];
}

/** A choice of the country, where nothing else says which. */
function countryChoice(app: App, moved: (country: string) => void): HTMLElement | null {
  const { collect, billing, country, purpose } = app.state();
  if (purpose === 'setup' || collect.billing || billing?.country !== undefined) return null;
  const { root, select } = countrySelect('country', 'country', country, app.speech);
  select.addEventListener('change', () => moved(select.value));
  return root;
}

/** The bank's question, and the way to it. */
function bankNotice(
  app: App,
  answer: () => Promise<void>,
): { readonly root: HTMLElement; paint(): void } {
  const { texts } = app.speech;
  const open = button(texts.bankOpen, answer, 'main');
  const root = element('div', { class: 'bank' }, element('p', {}, texts.bankAsks), open);
  return {
    root,
    paint: () => {
      root.hidden = app.state().status !== 'challenge';
    },
  };
}

/** Draws the form over the state that the app has. */
export function makeForm(app: App): View {
  const { speech } = app;
  const first = app.state();
  const changed = (): void => {
    const entered = enteredIn(form);
    const next = expected(app.state(), entered);
    form.tips?.refresh(next.sold.value);
    app.preview(next);
    dropCode(form);
  };
  /** Tells the server of what the ways to pay may depend on. */
  const tell = async (call: DetailsCall): Promise<void> => {
    const outcome = await app.calls.details(call);
    // What was lost or refused is told again with the payment, and then answered.
    if (outcome.kind === 'done') app.take(outcome.value);
  };
  const moved = (): void => {
    const { billing, country } = details.call();
    void tell({ ...(billing && { billing }), ...(country && { country }) });
  };
  const details = makeDetails(first, speech, moved);
  const [terms, agree] = termsOf(first, speech);
  const form: Form = {
    app,
    amount: first.customAmountAllowed ? amountPart(first, speech, changed) : null,
    tips: first.tipsAllowed ? tipsPart(first, speech, changed) : null,
    details,
    methods: makeMethods(first, speech, () => dropCode(form)),
    agree,
    scan: element('div', {}),
    alarm: element('div', { class: 'alarm', role: 'alert' }),
    submit: element('button', { type: 'submit', class: 'button is-main' }),
  };
  const bank = bankNotice(app, () => confirmAtBank(form));
  const asked = element('div', { class: 'group' }, form.amount?.root ?? '', form.tips?.root ?? '');
  asked.addEventListener('change', () => void tell(enteredIn(form)));
  const parts = [
    bank.root,
    ...(form.amount === null && form.tips === null ? [] : [asked]),
    ...details.nodes,
    form.methods.root,
    countryChoice(app, (country) => void tell({ country })),
    terms,
    form.scan,
    form.alarm,
    form.submit,
    leaveWays(() => form, app),
  ];
  const root = element('form', { class: 'pay', novalidate: '' }, ...parts);
  root.addEventListener('submit', (event) => {
    event.preventDefault();
    void tryToPay(form);
  });
  let sums = '';
  const update = (state: CheckoutState): void => {
    if (form.methods.update(state)) app.say(speech.texts.methodsChanged);
    const next = expected(state, enteredIn(form));
    form.tips?.refresh(next.sold.value);
    app.preview(next);
    bank.paint();
    // A code that was made for another amount is refused by now.
    const now = JSON.stringify([state.sold, state.tips]);
    if (now === sums) paint(form);
    else dropCode(form);
    sums = now;
  };
  update(first);
  if (first.status === 'open') alarmDecline(form);
  return { root, heading: null, update };
}
