import '../ui/tokens.css';
import '../ui/page.css';
import './wallet.css';
import { openAccount } from './account.js';
import { activityScreen } from './activity.js';
import type { App, Screen } from './app.js';
import { notice } from './dom.js';
import { homeScreen } from './home-screen.js';
import { type Kept, readKept } from './keep.js';
import { openScanned } from './offer-screen.js';
import { receiveScreen } from './receive-screen.js';
import { scanScreen } from './scan-screen.js';
import { sendScreen } from './send-screen.js';
import { settingsScreen } from './settings-screen.js';
import { screenOf } from './shell.js';
import { welcomeScreen } from './welcome-screen.js';
import { startWorker } from './worker.js';

const stage = document.getElementById('app') as HTMLElement;
const said = document.getElementById('said') as HTMLElement;
const mode = document.querySelector<HTMLMetaElement>('meta[name=tender-mode]')?.content;
const MODE = mode === 'live' ? 'live' : 'sandbox';

let shown: Screen | null = null;

function show(screen: Screen): void {
  const isFirst = shown === null;
  shown?.leave?.();
  shown = screen;
  stage.replaceChildren(screen.node);
  document.title = `${screen.title} – Tender wallet`;
  scrollTo(0, 0);
  // So that screen readers begin with the title. The first page has no focus to move.
  if (!isFirst) screen.node.querySelector<HTMLElement>('h1')?.focus();
}

/** Said anew even where it is the same: an unchanged text is not read out. */
function say(text: string): void {
  said.textContent = '';
  requestAnimationFrame(() => {
    said.textContent = text;
  });
}

function go(place: string): void {
  if (location.pathname === '/' && location.hash !== `#${place}`) {
    location.hash = place;
    return;
  }
  // A link to a tip has its place in the path, which is left behind here.
  if (location.pathname !== '/') history.pushState(null, '', `/#${place}`);
  route();
}

/** What brought the person here, if it is a link of a shop's or to somebody: all of the address. */
function errandOf({ hash, pathname, href }: Location): string | null {
  const opened = /^#\/open\/(.+)$/.exec(hash)?.[1];
  if (opened !== undefined) {
    try {
      return decodeURIComponent(opened);
    } catch {
      return opened;
    }
  }
  return /[#/](p|e|source)=/.test(hash) || /^\/x\//.test(pathname) ? href : null;
}

let app: App | null = null;

function route(): void {
  if (app === null) return;
  const errand = errandOf(location);
  show(errand === null ? placeScreen(app, location.hash.slice(1)) : openScanned(app, errand));
}

function placeScreen(at: App, place: string): Screen {
  const [, name = '', detail = ''] = place.split('/');
  switch (name) {
    case 'scan':
      return scanScreen(at);
    case 'send':
      return sendScreen(at, detail);
    case 'receive':
      return receiveScreen(at);
    case 'activity':
      return activityScreen(at);
    case 'settings':
      return settingsScreen(at);
    default:
      return homeScreen(at);
  }
}

function enter(kept: Kept): void {
  app = openAccount({ kept, mode: MODE, go, show, say });
  route();
}

function welcome(): void {
  show(welcomeScreen({ mode: MODE, hasErrand: errandOf(location) !== null, show, go, enter }));
}

/** Why this browser cannot hold a wallet; null where it can. */
async function missing(): Promise<string | null> {
  if (!isSecureContext) {
    return 'Keys need HTTPS, or this machine itself. Start Tender with --lan for other devices.';
  }
  try {
    await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign']);
    return null;
  } catch {
    return 'This browser is too old for a wallet’s keys: use Chrome 137, Firefox 129, Safari 17.';
  }
}

async function start(): Promise<void> {
  const fault = await missing();
  if (fault !== null) {
    show(screenOf({ go }, 'Not in this browser', [notice(fault, 'failure')], { back: null }));
    return;
  }
  let kept: Kept | null;
  try {
    kept = await readKept();
  } catch {
    const text =
      'This browser keeps nothing, as private windows do: a wallet would be lost at once.';
    show(screenOf({ go }, 'Nothing is kept here', [notice(text, 'failure')], { back: null }));
    return;
  }
  addEventListener('hashchange', () => (app === null ? welcome() : route()));
  addEventListener('popstate', () => app !== null && location.pathname !== '/' && route());
  if (kept === null) welcome();
  else enter(kept);
  startWorker();
}

void start();
