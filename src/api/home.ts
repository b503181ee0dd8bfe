import { DEFAULT_KEY } from './auth.js';
import type { Mount } from './http.js';
import { policySource } from './page-shell.js';
import { onlyRead, tooLarge, unknownPath } from './plain-reply.js';

/** Where a server is and what opens it: what its first page and the terminal tell. */
export interface Place {
  /** The origin that clients use. */
  readonly url: string;
  readonly mode: 'sandbox' | 'live';
  /** Whether any test key opens. */
  readonly takesAnyKey: boolean;
  /** Whether there is a demo shop at `/demo`. */
  readonly hasDemo: boolean;
  /** Whether `/wallet` leads to a web wallet. */
  readonly hasWallet: boolean;
  /** Whether `/mailbox` shows what a sandbox has sent. */
  readonly hasMailbox: boolean;
}

/** The shell line that makes a payment; pasted, it works as it is where any key does. */
export function paymentCommand({ url, takesAnyKey }: Place): string {
  const key = takesAnyKey ? `${DEFAULT_KEY}:` : '"$TENDER_SECRET_KEY:"';
  return (
    `curl ${url}/v1/payment_intents -u ${key} -d amount=1099 -d currency=usd ` +
    '-d payment_method=pm_card_visa -d confirm=true'
  );
}

/** The same payment with the official client: only its address is changed. */
export function paymentSnippet({ url, takesAnyKey }: Place): string {
  const { protocol, hostname, port } = new URL(url);
  const scheme = protocol.slice(0, -1);
  const key = takesAnyKey ? `'${DEFAULT_KEY}'` : 'process.env.TENDER_SECRET_KEY';
  const shownPort = port === '' ? (scheme === 'https' ? 443 : 80) : Number(port);
  return `import Stripe from 'stripe';

const stripe = new Stripe(${key}, {
  protocol: '${scheme}', host: '${hostname}', port: ${shownPort},
});
const intent = await stripe.paymentIntents.create({
  amount: 1099,
  currency: 'usd',
  payment_method: 'pm_card_visa',
  confirm: true,
});
console.log(intent.status); // succeeded`;
}

/** The shell line that makes an intent with a page on which its customer pays, in Dojo's words. */
export function checkoutCommand({ url, takesAnyKey }: Place): string {
  const authorization = takesAnyKey
    ? `'Authorization: Basic ${DEFAULT_KEY.replace('sk_test_', 'sk_sandbox_')}'`
    : '"Authorization: Basic $TENDER_SECRET_KEY"';
  return (
    `curl ${url}/payment-intents -H ${authorization} -H 'version: ${DOJO_VERSION}' ` +
    "-H 'Content-Type: application/json' " +
    `-d '{"amount":{"value":1099,"currencyCode":"GBP"},"reference":"Order 1"}'`
  );
}

/** The newest that the Dojo dialect speaks; a later date means the same. */
const DOJO_VERSION = '2025-09-10';

/**
 * The page at `/`: where things are, and how to make a first payment. `place` is known once the
 * server listens. The mount is the last resort for every other path, too.
 */
export function homeMount(place: () => Place): Mount {
  let page: string | null = null;
  return {
    prefix: '/',
    handle: ({ method, path }) => {
      if (path !== '/') return unknownPath(method, path);
      if (method !== 'GET' && method !== 'HEAD') return onlyRead('This page is');
      page ??= homePage(place());
      return { status: 200, headers: PAGE_HEADERS, body: page };
    },
    tooLarge,
  };
}

/** A circle notched like a coin's edge, holding a slash. One colour, legible at 16 px. */
export function markSvg(color: string): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none" stroke="${color}" ` +
    'aria-hidden="true">' +
    '<circle cx="16" cy="16" r="14.4" stroke-width="2" stroke-dasharray="1.9 1.116"/>' +
    '<circle cx="16" cy="16" r="12.4" stroke-width="2.8"/>' +
    '<path d="M12.6 21.4 19.4 10.6" stroke-width="3" stroke-linecap="round"/></svg>'
  );
}

const STYLE = `
:root { color-scheme: light dark; --ink: #14201b; --paper: #fbfaf6; --accent: #1f7a55;
  --mono: ui-monospace, 'SF Mono', Menlo, Consolas, monospace; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ece9; --paper: #101513; --accent: #4cc38a; } }
* { box-sizing: border-box; margin: 0; }
body { background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif;
  padding: clamp(24px, 8vw, 80px) clamp(16px, 5vw, 48px); }
main { max-width: 720px; margin: 0 auto; display: grid; gap: 40px; }
main > * { min-width: 0; }
header { display: grid; grid-template-columns: auto 1fr; gap: 0 16px; align-items: center; }
header svg { width: 44px; height: 44px; color: var(--accent); }
h1 { font-size: 28px; line-height: 1.2; letter-spacing: -0.01em; }
header p { grid-column: 1 / -1; margin-top: 16px; max-width: 60ch; }
h2 { font-size: 16px; margin-bottom: 8px; }
h2 + p { margin-bottom: 12px; }
.quiet { color: color-mix(in srgb, var(--ink) 72%, var(--paper)); }
pre, dl { border: 1px solid color-mix(in srgb, var(--ink) 16%, var(--paper)); border-radius: 8px; }
pre { background: color-mix(in srgb, var(--ink) 4%, var(--paper)); padding: 16px;
  overflow-x: auto; font: 14px/1.6 var(--mono); tab-size: 2; }
code { font-family: var(--mono); font-size: 14px; }
dl { display: grid; grid-template-columns: minmax(72px, auto) 1fr; }
dt, dd { padding: 10px 16px; min-width: 0; overflow-wrap: anywhere; }
dt { padding-right: 0; color: color-mix(in srgb, var(--ink) 72%, var(--paper)); }
dt:not(:first-of-type), dd:not(:first-of-type) {
  border-top: 1px solid color-mix(in srgb, var(--ink) 10%, var(--paper)); }
a { color: var(--accent); text-underline-offset: 3px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`;

const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-cache',
  'content-security-policy':
    `default-src 'none'; style-src ${policySource(STYLE)}; ` +
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

function homePage(place: Place): string {
  const icon = `data:image/svg+xml,${encodeURIComponent(markSvg('#1f7a55'))}`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tender ${place.mode}</title>
<link rel="icon" href="${icon}">
<style>${STYLE}</style>
<main>
<header>${markSvg('currentColor')}<h1>Tender is running</h1>
<p>${introduction(place)}</p></header>
${place.mode === 'sandbox' ? firstPayment(place) : ''}<section><h2>Where things are</h2>
${whereThingsAre(place)}</section>
</main>
</html>
`;
}

function introduction({ mode, takesAnyKey }: Place): string {
  if (mode === 'live') return 'Live mode: payments made here move money.';
  const keys = takesAnyKey
    ? `Any key that begins with <code>sk_test_</code> opens an account of its own.`
    : 'The keys of this server are in its configuration.';
  return `A sandbox: nothing here moves real money. ${keys}`;
}

function firstPayment(place: Place): string {
  const lines = (command: string) => command.replace(/ -(?=[udH] )/g, ' \\\n  -');
  return `<section><h2>Make a payment</h2>
<p class="quiet">Paste this into a terminal. The answer is a payment intent that has succeeded.</p>
${code('Shell command', lines(paymentCommand(place)))}</section>
<section><h2>The same with the Stripe client</h2>
<p class="quiet">Only the address is new; the rest of an integration stays as it is.</p>
${code('Node.js program', paymentSnippet(place))}</section>
<section><h2>A page that your customer pays on</h2>
<p class="quiet">The same intent, made as Dojo does. Open the answer’s <code>paymentLink</code>.</p>
${code('Shell command for a payment page', lines(checkoutCommand(place)))}</section>
`;
}

/** Long lines scroll, which the keyboard can only do in what takes focus. */
function code(label: string, text: string): string {
  const open = `<pre tabindex="0" role="region" aria-label="${label}">`;
  return `${open}<code>${escaped(text)}</code></pre>`;
}

function whereThingsAre({ url, takesAnyKey, hasDemo, hasWallet, hasMailbox }: Place): string {
  const link = (path: string): string => `<a href="${path}">${path}</a>`;
  const rows: [string, string][] = [
    ['API', `<code>${escaped(url)}</code>`],
    ...(takesAnyKey ? ([['Key', `<code>${DEFAULT_KEY}</code>`]] as [string, string][]) : []),
    ...(hasDemo ? ([['Demo shop', link('/demo')]] as [string, string][]) : []),
    ...(hasWallet ? ([['Wallet', link('/wallet')]] as [string, string][]) : []),
    ...(hasMailbox ? ([['Mailbox', link('/mailbox')]] as [string, string][]) : []),
    ['Dashboard', link('/dashboard')],
    ['Documentation', link('/docs')],
    ['Health', `${link('/healthz')} and ${link('/readyz')}`],
    ['Metrics', link('/metrics')],
  ];
  return `<dl>${rows.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('')}</dl>`;
}

function escaped(text: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => names[character] ?? character);
}
