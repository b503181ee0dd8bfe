/**
 * The dashboard at `/dashboard`: everything that it shows and does comes from, and goes to, the
 * admin API of the server that it was loaded from, as `src/api/admin/schema.ts` has it.
 */
import type { Session } from '../../src/api/admin/schema.js';
import { element } from '../frames/elements.js';
import '../ui/tokens.css';
import '../ui/page.css';
import { button } from '../wallet/dom.js';
import { type App, addressOf, type View } from './app.js';
import { CallFault, makeCalls } from './calls.js';
import './dashboard.css';
import { emptyState, headOf } from './parts.js';
import { placeAt } from './places.js';
import { makeShell, type Shell } from './shell.js';
import { listenToKeys } from './shortcuts.js';
import { makeSignIn } from './sign-in.js';

/** How often what is shown is looked at anew, while somebody looks. */
const REFRESH_MS = 3000;
/** How long something that was said stays on the screen. */
const SAID_MS = 5000;
const ACCOUNT_STORED = 'tender.dashboard.account';

const context = { account: sessionStorage.getItem(ACCOUNT_STORED), csrf: '' };
const calls = makeCalls(context);
const root = document.getElementById('app');
const said = document.getElementById('said');

let saidTimer = 0;
function say(text: string): void {
  if (said === null) return;
  clearTimeout(saidTimer);
  said.textContent = text;
  saidTimer = setTimeout(() => {
    said.textContent = '';
  }, SAID_MS) as unknown as number;
}

/** The path below `/dashboard`. */
function pathNow(): string {
  const path = location.pathname.slice('/dashboard'.length);
  return path === '' ? '/' : path;
}

let shown: View | null = null;
let shell: Shell | null = null;
let session: Session | null = null;
/** Which load an answer belongs to. */
let turn = 0;

/** What went wrong, and a way to go on. */
function makeTrouble(error: unknown, retry: () => Promise<void>): View {
  const isMissing = error instanceof CallFault && error.status === 404;
  const title = isMissing ? 'There is nothing here' : 'This could not be loaded';
  if (!(error instanceof CallFault)) console.error(error);
  const text = error instanceof CallFault ? error.message : 'Something in this page went wrong.';
  const again = button('Try again', () => void retry(), 'main');
  return { title, node: element('div', {}, headOf(title), emptyState(title, text, again)) };
}

/** Shows the place of the address. @param isNext not where a reader begins anyway */
async function load(isNext = true): Promise<void> {
  if (session === null || shell === null) return;
  turn += 1;
  const own = turn;
  const path = pathNow();
  shell.mark(path);
  shell.place.setAttribute('aria-busy', 'true');
  const found = placeAt(path);
  const query = new URLSearchParams(location.search);
  let view: View;
  try {
    if (found === null) throw new CallFault(404, 'missing', 'No page has this address.');
    view = await found.place(appOf(session), found.params, query);
  } catch (error) {
    if (own !== turn) return;
    if (error instanceof CallFault && error.status === 401) return openSignIn();
    view = makeTrouble(error, load);
  }
  if (own !== turn) return view.leave?.();
  shown?.leave?.();
  shown = view;
  document.title = `${view.title} · Tender`;
  shell.place.replaceChildren(view.node);
  shell.place.removeAttribute('aria-busy');
  scrollTo(0, 0);
  if (isNext) shell.place.querySelector('h1')?.focus({ preventScroll: true });
}

function appOf(current: Session): App {
  return {
    session: current,
    calls,
    go,
    setQuery: (query) => history.replaceState(null, '', location.pathname + query),
    // The clock and the prefix are the session's: what changed them is asked for with them.
    reload: () => void start(),
    say,
  };
}

function go(path: string): void {
  history.pushState(null, '', addressOf(path));
  void load();
}

function openSignIn(): void {
  turn += 1;
  shown?.leave?.();
  shown = null;
  shell = null;
  session = null;
  document.title = 'Sign in · Tender';
  root?.replaceChildren(makeSignIn(calls.signIn, start));
  root?.querySelector('input')?.focus();
}

/** Opens the dashboard of a session. */
function open(next: Session): void {
  const isNext = session !== null;
  session = next;
  context.csrf = next.csrf;
  const signOut = async (): Promise<void> => {
    await calls.signOut().catch((error: Error) => say(error.message));
    await start();
  };
  shell = makeShell(next, chooseAccount, signOut);
  if (shown !== null) shell.place.replaceChildren(shown.node);
  root?.replaceChildren(shell.node);
  void load(isNext);
}

function chooseAccount(id: string): void {
  context.account = id;
  sessionStorage.setItem(ACCOUNT_STORED, id);
  // An intent of the other account is none of this one's.
  if (/^\/\w+\/./.test(pathNow())) history.pushState(null, '', addressOf('/'));
  void start();
}

/** Asks who is there, and shows what he may see. */
async function start(): Promise<void> {
  try {
    open(await calls.session());
  } catch (error) {
    if (error instanceof CallFault && error.status === 401) return openSignIn();
    if (error instanceof CallFault && [403, 404].includes(error.status) && context.account) {
      // The account that was looked at before is gone, or not his.
      context.account = null;
      sessionStorage.removeItem(ACCOUNT_STORED);
      return start();
    }
    const { node } = makeTrouble(error, start);
    root?.replaceChildren(element('main', { class: 'alone' }, node));
  }
}

addEventListener('popstate', () => void load());
document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const anchor = event.target instanceof Element ? event.target.closest('a') : null;
  if (anchor === null || anchor.origin !== location.origin || anchor.hasAttribute('download'))
    return;
  if (!/^\/dashboard(\/|$)/.test(anchor.pathname) || anchor.hash !== '') return;
  event.preventDefault();
  go(anchor.pathname.slice('/dashboard'.length) + anchor.search);
});
listenToKeys(() => shown?.keys ?? {}, go);

/** Looks for what is new, for as long as the page is open; not while nobody sees it. */
async function watch(): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, REFRESH_MS));
    if (document.hidden || shown?.refresh === undefined) continue;
    try {
      await shown.refresh();
    } catch (error) {
      if (error instanceof CallFault && error.status === 401) openSignIn();
      // Anything else may be over with the next look; what is shown stays.
    }
  }
}

void start();
void watch();
