import { markSvg } from '../home.js';
import type { HttpReply } from '../http.js';
import { escaped, policySource } from '../page-shell.js';
import { QUERY_CHARACTERS_MAX } from './search.js';

const STYLE = `
:root { color-scheme: light dark; --ink: #14201b; --paper: #fbfaf6; --soft: #4a5650;
  --accent: #1f7a55; --line: color-mix(in srgb, var(--ink) 18%, var(--paper));
  --tint: color-mix(in srgb, var(--ink) 5%, var(--paper));
  --mono: ui-monospace, 'SF Mono', Menlo, Consolas, monospace; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ece9; --paper: #101513; --soft: #a9b3ae; --accent: #4cc38a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: center;
  border-bottom: 1px solid var(--line); padding: 12px clamp(16px, 4vw, 32px); }
header svg { display: block; width: 24px; height: 24px; color: var(--accent); }
header a { text-decoration: none; color: inherit; padding: 4px 0; }
header a:first-child { display: flex; gap: 8px; align-items: center; font-weight: 600; }
header a:hover { text-decoration: underline; text-underline-offset: 3px; }
header form { flex: 1 1 176px; max-width: 320px; margin-left: auto; display: flex; gap: 8px; }
input, button { font: inherit; font-size: 14px; min-height: 36px; padding: 4px 12px; color: inherit;
  background: transparent; border-radius: 6px;
  border: 1px solid color-mix(in srgb, var(--ink) 56%, var(--paper)); }
@media (max-width: 560px) { header form { max-width: none; } }
input { flex: 1; min-width: 0; }
input::placeholder { color: var(--soft); opacity: 1; }
button { cursor: pointer; }
button:hover { background: var(--tint); }
mark { background: color-mix(in srgb, var(--accent) 20%, var(--paper)); color: inherit;
  border-radius: 4px; padding: 0 2px; }
.found { list-style: none; padding: 0; }
.found li { margin: 0 0 16px; }
.found a { font-weight: 600; }
.found p { margin: 4px 0 0; color: var(--soft); font-size: 14px; }
.skip { position: absolute; left: -999px; }
.skip:focus { position: static; }
.page { display: grid; gap: 32px; max-width: 1120px; margin: 0 auto;
  padding: 24px clamp(16px, 4vw, 32px) 64px; }
main { min-width: 0; }
main > p, main > ul, main > ol, main > dl { max-width: 70ch; }
@media (min-width: 880px) {
  .page { grid-template-columns: 232px minmax(0, 1fr); }
  .page > nav { grid-row: 1; align-self: start; position: sticky; top: 16px;
    max-height: calc(100vh - 32px); overflow-y: auto; }
  header .contents { display: none; } }
nav h2 { font-size: 14px; margin: 16px 0 4px; color: var(--soft); font-weight: 600; }
nav h2:first-child { margin-top: 0; }
nav ul { list-style: none; margin: 0; padding: 0; font-size: 14px; }
nav li a { display: block; padding: 4px 8px; border-radius: 6px; color: inherit;
  text-decoration: none; }
nav li a:hover { background: var(--tint); }
nav li a[aria-current] { background: var(--tint); color: var(--accent); font-weight: 600; }
h1 { font-size: 28px; line-height: 1.2; letter-spacing: -0.01em; margin: 0 0 16px; }
h2 { font-size: 20px; line-height: 1.3; margin: 32px 0 8px; }
h3 { font-size: 16px; margin: 24px 0 8px; }
h1, h2, h3, p, li, td, dd { overflow-wrap: anywhere; }
p, ul, ol { margin: 0 0 16px; }
li { margin: 4px 0; }
a { color: var(--accent); text-underline-offset: 3px; }
.quiet { color: var(--soft); }
code { font: 0.875em var(--mono); }
:not(pre) > code { background: var(--tint); border-radius: 4px; padding: 1px 4px; }
pre { background: var(--tint); border: 1px solid var(--line); border-radius: 8px; padding: 16px;
  overflow-x: auto; margin: 0 0 16px; font: 14px/1.6 var(--mono); tab-size: 2; }
pre code { font: inherit; }
.wide { overflow-x: auto; margin: 0 0 16px; }
table { border-collapse: collapse; font-size: 14px; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 8px 12px 8px 0; min-width: 88px;
  border-bottom: 1px solid var(--line); }
td code { overflow-wrap: anywhere; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
img { max-width: 100%; height: auto; border: 1px solid var(--line); border-radius: 8px; }
dl { margin: 0 0 16px; }
dt { font-size: 14px; color: var(--soft); }
dd { margin: 0 0 8px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`;

/** `/` leads to the search, as in most documentation. Without it the page does all the same. */
const SCRIPT = `
document.addEventListener('keydown', (event) => {
  const types = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (event.key !== '/' || types || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const field = document.querySelector('input[name=q]');
  field.focus();
  field.select();
});
`;

const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-cache',
  'content-security-policy':
    `default-src 'none'; style-src ${policySource(STYLE)}; ` +
    `script-src ${policySource(SCRIPT)}; img-src 'self' data:; ` +
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'content-type': 'text/html; charset=utf-8',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Where the search is. */
export const SEARCH_PATH = '/docs/search';

/** A part of the navigation. */
export interface NavSection {
  readonly title: string;
  readonly links: readonly { readonly href: string; readonly text: string }[];
}

/** A page of the documentation: `content` is HTML, the title is text. */
export interface DocsPage {
  readonly title: string;
  readonly content: string;
  readonly status?: number;
  /** What was searched for, as it was typed. */
  readonly asked?: string;
}

/** A page as it is sent, with the navigation, in which `path` is the page itself. */
export function docsReply(page: DocsPage, nav: readonly NavSection[], path: string): HttpReply {
  const sections = nav.map(({ title, links }) => {
    const items = links.map(({ href, text }) => {
      const current = href === path ? ' aria-current="page"' : '';
      return `<li><a href="${escaped(href)}"${current}>${escaped(text)}</a></li>`;
    });
    return `<h2>${escaped(title)}</h2><ul>${items.join('\n')}</ul>`;
  });
  const icon = `data:image/svg+xml,${encodeURIComponent(markSvg('#1f7a55'))}`;
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(page.title)} · Tender</title>
<link rel="icon" href="${icon}">
<style>${STYLE}</style>
</head>
<body>
<header><a href="/docs">${markSvg('currentColor')}Tender</a>
<a class="skip" href="#main">Skip to the text</a>
<a class="contents" href="#contents">Contents</a>
${searchForm(page.asked ?? '')}</header>
<div class="page">
<main id="main">${page.content}</main>
<nav id="contents" aria-label="Documentation">${sections.join('\n')}</nav>
</div>
<script>${SCRIPT}</script>
</body>
</html>
`;
  return { status: page.status ?? 200, headers: HEADERS, body };
}

function searchForm(asked: string): string {
  const value = escaped(asked.slice(0, QUERY_CHARACTERS_MAX));
  return `<form role="search" action="${SEARCH_PATH}">
<input type="search" name="q" value="${value}" maxlength="${QUERY_CHARACTERS_MAX}"
placeholder="Search: press /" aria-label="Search the documentation" aria-keyshortcuts="/">
<button>Search</button></form>`;
}
