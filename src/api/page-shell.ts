import { createHash } from 'node:crypto';
import type { HttpReply } from './http.js';

/** Text as HTML shows it. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const STYLE = `
:root { color-scheme: light dark; --ink: #14201b; --paper: #fbfaf6; --accent: #1f7a55;
  --fail: #b3261e; --soft: #4a5650;
  --line: color-mix(in srgb, var(--ink) 18%, transparent);
  --edge: color-mix(in srgb, var(--ink) 60%, transparent); }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ece9; --paper: #101513; --accent: #4cc38a; --fail: #f2938c;
    --soft: #a9b3ae; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 16px;
  background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 400px; border: 1px solid var(--line); border-radius: 8px;
  padding: 24px; }
h1 { font-size: 20px; line-height: 1.3; margin: 0 0 8px; }
p { margin: 0 0 16px; color: var(--soft); }
.amount { font-size: 28px; color: var(--ink); font-variant-numeric: tabular-nums; }
.fault { color: var(--fail); }
form { display: grid; gap: 8px; margin: 0 0 16px; }
form:last-child { margin: 0; }
label { display: grid; gap: 4px; }
input { width: 100%; min-height: 44px; padding: 8px 12px; font: inherit; color: inherit;
  background: transparent; border: 1px solid var(--edge); border-radius: 6px; }
dl { margin: 0 0 16px; }
dt { font-size: 14px; color: var(--soft); }
dd { margin: 0 0 8px; overflow-wrap: anywhere; }
a { color: var(--accent); text-underline-offset: 3px; }
pre { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap;
  font: 14px/1.5 ui-monospace, monospace; }
dd.id { font-family: ui-monospace, monospace; user-select: all; }
button { min-height: 44px; border-radius: 6px; font: inherit; cursor: pointer; padding: 8px 16px;
  border: 1px solid var(--edge); background: transparent; color: inherit; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--paper); }
button:focus-visible, input:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
small { display: block; margin-top: 16px; font-size: 12px; color: var(--soft); }
`;

/** A script or style of a page as its policy names it: `'sha256-…'`. */
export function policySource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

const STYLE_SOURCE = policySource(STYLE);

/** A page of its own: `content` is HTML, the title is text. */
export function shell(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body><main>${content}</main></body>
</html>
`;
}

/** A heading and what there is to say. */
export function message(title: string, text: string): string {
  return `<h1>${escaped(title)}</h1><p>${escaped(text)}</p>`;
}

/** One thing to say, and nothing to do. */
export function messagePage(title: string, text: string): string {
  return shell(title, message(title, text));
}

/** The headers of such a page; `policy` is what it allows beyond its own style. */
export function pageHeaders(policy: string): Record<string, string> {
  return {
    'cache-control': 'no-store',
    'content-security-policy': [
      "default-src 'none'",
      `style-src ${STYLE_SOURCE}`,
      policy,
      "base-uri 'none'",
    ].join('; '),
    'content-type': 'text/html; charset=utf-8',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}

const HEADERS = pageHeaders("form-action 'self'; frame-ancestors 'none'");

/** A page without a script, which nobody may frame. */
export function page(status: number, html: string): HttpReply {
  return { status, headers: HEADERS, body: html };
}
