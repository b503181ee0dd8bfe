import { makeModal } from './modal.js';
import { type ChallengeDone, type ChallengeEscape, PROTOCOL_VERSION } from './protocol.js';

const TEXTS: Readonly<Record<string, readonly [title: string, close: string]>> = {
  en: ['Confirm your payment', 'Close'],
  de: ['Zahlung bestätigen', 'Schließen'],
  fr: ['Confirmez votre paiement', 'Fermer'],
  es: ['Confirma tu pago', 'Cerrar'],
  it: ['Conferma il pagamento', 'Chiudi'],
  nl: ['Bevestig uw betaling', 'Sluiten'],
};

const STYLE = `
dialog { box-sizing: border-box; width: min(448px, 100vw - 16px); height: min(560px, 100dvh - 16px);
  padding: 0; border: 1px solid color-mix(in srgb, var(--ink) 18%, transparent);
  border-radius: 8px; overflow: hidden; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; box-shadow: 0 8px 32px rgb(0 0 0 / .25);
  --ink: #14201b; --paper: #fbfaf6; --accent: #1f7a55; color-scheme: light dark; }
dialog[open] { display: grid; grid-template-rows: auto 1fr; }
dialog::backdrop { background: rgb(10 16 13 / .55); }
header { display: flex; align-items: center; justify-content: space-between; gap: 8px;
  padding: 4px 4px 4px 16px;
  border-bottom: 1px solid color-mix(in srgb, var(--ink) 12%, transparent); }
h2 { font-size: 16px; font-weight: 600; margin: 0; }
button { width: 44px; height: 44px; border: 0; border-radius: 6px; background: none; color: inherit;
  cursor: pointer; display: grid; place-items: center; }
button:hover { background: color-mix(in srgb, var(--ink) 8%, transparent); }
button:focus-visible, iframe:focus-visible { outline: 2px solid var(--accent);
  outline-offset: -2px; }
svg { width: 18px; height: 18px; stroke: currentColor; stroke-width: 2; stroke-linecap: round; }
iframe { width: 100%; height: 100%; border: 0; }
@media (prefers-color-scheme: dark) {
  dialog { --ink: #e8ece9; --paper: #101513; --accent: #4cc38a; } }
`;

const SVG = 'http://www.w3.org/2000/svg';

function cross(): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  svg.setAttribute('viewBox', '0 0 18 18');
  svg.setAttribute('aria-hidden', 'true');
  path.setAttribute('d', 'M4 4 14 14M14 4 4 14');
  svg.append(path);
  return svg;
}

interface Content {
  readonly header: HTMLElement;
  readonly iframe: HTMLIFrameElement;
  readonly close: HTMLButtonElement;
}

function build(url: string, language: string): Content {
  const [titleText, closeText] = TEXTS[language] ?? (TEXTS.en as readonly [string, string]);
  const header = document.createElement('header');
  const title = document.createElement('h2');
  title.id = 'title';
  title.textContent = titleText;
  const close = document.createElement('button');
  close.type = 'button';
  close.setAttribute('aria-label', closeText);
  close.append(cross());
  const iframe = document.createElement('iframe');
  iframe.title = titleText;
  iframe.src = url;
  header.append(title, close);
  return { header, iframe, close };
}

type End = 'answered' | 'abandoned';

const WORDS: Readonly<Record<(ChallengeDone | ChallengeEscape)['tender'], End>> = {
  challenge_done: 'answered',
  challenge_escape: 'abandoned',
};

/** What a challenge page's message means; null for what is none. */
export function challengeEnd(data: unknown): End | null {
  const message = data as Partial<ChallengeDone | ChallengeEscape> | null;
  if (message?.tender === undefined || message.version !== PROTOCOL_VERSION) return null;
  return Object.hasOwn(WORDS, message.tender) ? WORDS[message.tender] : null;
}

/**
 * Shows the bank's page in a dialog. Resolves to `answered` once the page says so or `settled`
 * resolves to true, or to `abandoned` when the customer closes it, by its button or by Escape.
 */
export function showChallenge(
  url: string,
  language: string,
  settled: () => Promise<boolean>,
  pollMs: number,
): Promise<End> {
  const address = new URL(url);
  // So that the page stays in the dialog and reports, instead of leading back to the shop.
  address.searchParams.set('embedded', '1');
  const { header, iframe, close } = build(address.href, language);
  return new Promise((resolve) => {
    const end = (result: End): void => {
      clearInterval(timer);
      removeEventListener('message', listen);
      modal.close();
      resolve(result);
    };
    const listen = ({ source, origin, data }: MessageEvent): void => {
      const isItsOwn = source !== null && source === iframe.contentWindow;
      const told = isItsOwn && origin === address.origin ? challengeEnd(data) : null;
      if (told !== null) end(told);
    };
    // The page may be a bank's that says nothing: the intent itself is asked too.
    const timer = setInterval(async () => {
      if (await settled()) end('answered');
    }, pollMs);
    addEventListener('message', listen);
    const modal = makeModal(STYLE, language, () => end('abandoned'));
    modal.dialog.append(header, iframe);
    close.addEventListener('click', () => end('abandoned'));
    modal.open(iframe);
  });
}
