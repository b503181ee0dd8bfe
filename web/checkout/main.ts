/**
 * The page at `/checkout/{id}`: everything that it shows and does comes from, and goes to, the
 * server that it was loaded from, as `src/api/checkout/schema.ts` has it. What a customer types
 * stays in the page but for the one call that pays; nothing is kept and no address carries it.
 */
import type { CheckoutState } from '../../src/api/checkout/schema.js';
import { element } from '../frames/elements.js';
import { drawMark } from '../ui/drawing.js';
import '../ui/tokens.css';
import '../ui/page.css';
import { type App, type View, webAddress } from './app.js';
import { makeCalls, type Outcome } from './calls.js';
import './checkout.css';
import { makeEnd, makeProcessing, makeTrouble } from './ends.js';
import { makeForm } from './form.js';
import { drawOrder } from './order.js';
import { makeResult } from './result.js';
import { type Speech, speechOf } from './texts.js';

/** How long to wait before a server that could not be reached is asked again. */
const AGAIN_MS = 2000;

/** `/checkout/pi_sandbox_…`, without what may follow. */
const address = /^\/checkout\/[^/]+/.exec(location.pathname)?.[0] ?? '/checkout/-';

/** Which view a state has: one that keeps its kind is drawn on, another comes in its place. */
function kindOf({ status }: CheckoutState): string {
  if (status === 'open' || status === 'challenge') return 'form';
  return status;
}

function viewOf(app: App, kind: string, isFresh: boolean): View {
  if (kind === 'form') return makeForm(app);
  if (kind === 'processing') return makeProcessing(app);
  return kind === 'canceled' || kind === 'expired' ? makeEnd(app) : makeResult(app, isFresh);
}

/** The page around the views. */
function makeFrame() {
  const order = element('section', { class: 'order' });
  const place = element('section', { class: 'place' });
  const foot = element('footer', {}, drawMark(), 'Tender');
  const root = element('main', { class: 'checkout' }, order, place, foot);
  document.getElementById('app')?.replaceChildren(root);
  return { order, place };
}

/** Asks for news, once started, until it is over; who asks twice is not told twice. */
function makeWatch(ask: () => Promise<'asked' | 'lost' | 'over'>): () => void {
  let isWatching = false;
  const watch = async (): Promise<void> => {
    isWatching = true;
    for (;;) {
      const end = await ask();
      if (end === 'over') break;
      if (end === 'lost') await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
    isWatching = false;
  };
  return () => {
    if (!isWatching) void watch();
  };
}

function openPage(speech: Speech): void {
  const { order, place } = makeFrame();
  const calls = makeCalls(address);
  const said = document.getElementById('said');
  let shown: { readonly view: View; readonly kind: string } | null = null;
  let last: CheckoutState | null = null;

  const show = (view: View, kind: string): void => {
    const isNext = shown !== null;
    shown?.view.leave?.();
    shown = { view, kind };
    place.replaceChildren(view.root);
    // The first is where a reader begins anyway.
    if (isNext) (view.heading ?? order.querySelector('h1'))?.focus();
  };
  const take = (state: CheckoutState): void => {
    const isFirst = last === null;
    last = state;
    const kind = kindOf(state);
    app.preview(state);
    document.title = state.title || state.merchant;
    if (shown?.kind === kind && shown.view.update !== undefined) shown.view.update(state);
    else show(viewOf(app, kind, !isFirst), kind);
    if (kind === 'processing') app.watch();
  };
  /** Takes what is newer; false where the server cannot be asked. */
  const look = async (asking: Promise<Outcome>): Promise<boolean> => {
    const now = await asking;
    if (now.kind !== 'done') return false;
    if (now.value.tag !== last?.tag) take(now.value);
    return true;
  };
  const watch = makeWatch(async () => {
    if (last === null || !/^(form|processing)$/.test(kindOf(last))) return 'over';
    return (await look(calls.updates(last.tag))) ? 'asked' : 'lost';
  });
  const app: App = {
    speech,
    calls,
    state: () => last as CheckoutState,
    take,
    preview: (state) => order.replaceChildren(...drawOrder(state, speech)),
    watch,
    say: (text) => {
      if (said !== null) said.textContent = text;
    },
    go: (url) => {
      if (webAddress(url) !== null) location.assign(url);
    },
  };
  const load = async (): Promise<void> => {
    const outcome = await calls.state();
    if (outcome.kind === 'done') return take(outcome.value);
    const isGone = outcome.kind === 'fault' && outcome.status === 404;
    const name = isGone ? 'unknown' : outcome.kind === 'lost' ? 'offline' : 'trouble';
    const view = makeTrouble(name, speech.texts, () => void load());
    document.title = speech.texts[name];
    show(view, name);
    if (name === 'offline') addEventListener('online', () => void load(), { once: true });
  };
  // Somebody comes back from a wallet, or from another tab.
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && last !== null) void look(calls.state());
  });
  void load();
}

const speech = await speechOf(navigator.languages);
document.documentElement.lang = speech.language;
openPage(speech);
