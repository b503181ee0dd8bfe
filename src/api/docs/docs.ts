import type { HttpReply, HttpRequest, Mount } from '../http.js';
import { type ApiDescription, openApiOf } from '../openapi.js';
import { escaped } from '../page-shell.js';
import { onlyRead, tooLarge } from '../plain-reply.js';
import { type Documents, readDocuments, sectionTitle } from './documents.js';
import {
  apiPage,
  apiPath,
  errorPage,
  errorsPage,
  errorsPath,
  openApiPath,
  operationPage,
  placesOf,
} from './reference.js';
import { entriesOf, makeSearch, resultsPage, type Search } from './search.js';
import { type DocsPage, docsReply, type NavSection, SEARCH_PATH } from './shell.js';

export interface DocsDependencies {
  /** What is described, made when somebody first asks. */
  readonly describe: () => readonly ApiDescription[];
  /** Where the server is, without a final slash. */
  readonly publicUrl: () => string;
}

/** All that there is to read, once it was read. */
interface Library {
  readonly documents: Documents;
  readonly apis: readonly ApiDescription[];
  readonly nav: readonly NavSection[];
  readonly search: Search;
}

/**
 * `/docs`: the documents of this version, the reference of each API and its errors, a search over
 * them at `/docs/search?q=`, and the OpenAPI documents at `/docs/openapi/{name}.json`, which pages
 * of any origin may read.
 */
export function docsMounts({ describe, publicUrl }: DocsDependencies): Mount[] {
  let library: Library | null = null;
  const handle = ({ method, path, query }: Asked): HttpReply => {
    if (method !== 'GET' && method !== 'HEAD') return onlyRead('The documentation is');
    library ??= openLibrary(describe());
    const plainPath = path.replace(/(?<=.)\/$/, '');
    if (plainPath === SEARCH_PATH) return searchReply(library, query);
    return replyAt(library, plainPath, publicUrl());
  };
  return ['/docs', '/docs/'].map((prefix) => ({ prefix, handle, tooLarge }));
}

type Asked = Pick<HttpRequest, 'method' | 'path' | 'query'>;

function openLibrary(apis: readonly ApiDescription[]): Library {
  const documents = readDocuments();
  const search = makeSearch([...documents.all.flatMap(entriesOf), ...apis.flatMap(placesOf)]);
  return { documents, apis, nav: navOf(documents, apis), search };
}

function searchReply({ nav, search }: Library, query: string): HttpReply {
  const asked = new URLSearchParams(query).get('q') ?? '';
  const content = resultsPage(asked, search);
  return docsReply({ title: 'Search', content, asked }, nav, SEARCH_PATH);
}

function navOf({ all }: Documents, apis: readonly ApiDescription[]): NavSection[] {
  const sections = [...new Set(all.map(({ section }) => section))].map((section) => ({
    title: sectionTitle(section),
    links: all
      .filter((document) => document.section === section)
      .map(({ path, title }) => ({ href: path, text: title })),
  }));
  const reference = apis.flatMap((api) => [
    { href: apiPath(api), text: api.title },
    { href: errorsPath(api), text: `Errors: ${api.title}` },
  ]);
  // How to begin comes first, what is looked up after what is read.
  const at = sections.findIndex(({ title }) => title === sectionTitle('reference'));
  return sections.toSpliced(at === -1 ? sections.length : at, 0, {
    title: 'APIs',
    links: reference,
  });
}

function replyAt(library: Library, path: string, server: string): HttpReply {
  const { documents, apis, nav } = library;
  const api = apis.find((one) => openApiPath(one) === path);
  if (api !== undefined) return jsonReply(openApiOf(api, server));
  const picture = documents.picture(path);
  if (picture !== null) return { status: 200, headers: PICTURE_HEADERS, body: picture };
  const page = pageAt(library, path, server) ?? NOT_FOUND;
  return docsReply(page, nav, path);
}

const NOT_FOUND: DocsPage = {
  status: 404,
  title: 'No such page',
  content: '<h1>No such page</h1><p>Look for it in the contents.</p>',
};

const PICTURE_HEADERS = {
  'content-type': 'image/png',
  'cache-control': 'public, max-age=3600',
  'x-content-type-options': 'nosniff',
} as const;

function jsonReply(document: object): HttpReply {
  const headers = {
    'access-control-allow-origin': '*',
    'cache-control': 'no-cache',
    'content-type': 'application/json',
    'x-content-type-options': 'nosniff',
  };
  return { status: 200, headers, body: JSON.stringify(document) };
}

function pageAt({ documents, apis, nav }: Library, path: string, server: string): DocsPage | null {
  if (path === '/docs') return { title: 'Documentation', content: indexOf(nav) };
  const document = documents.find(path);
  if (document !== null) return { title: document.title, content: document.rendered().html };
  const [, , kind, name, id, ...rest] = path.split('/');
  const api = apis.find((one) => one.name === name);
  if (api === undefined || rest.length > 0) return null;
  if (kind === 'api') return apiPageAt(api, id, server);
  return kind === 'errors' ? errorPageAt(api, id) : null;
}

function apiPageAt(api: ApiDescription, id: string | undefined, server: string): DocsPage | null {
  if (id === undefined) return { title: api.title, content: apiPage(api) };
  const operation = api.operations.find((one) => one.id === id);
  if (operation === undefined) return null;
  return { title: operation.summary, content: operationPage(api, operation, server) };
}

function errorPageAt(api: ApiDescription, code: string | undefined): DocsPage | null {
  if (code === undefined) return { title: `Errors: ${api.title}`, content: errorsPage(api) };
  const content = errorPage(api, code);
  return content === null ? null : { title: code, content };
}

/** Everything that there is, by its parts. */
function indexOf(nav: readonly NavSection[]): string {
  const parts = nav.map(({ title, links }) => {
    const items = links.map(
      ({ href, text }) => `<li><a href="${escaped(href)}">${escaped(text)}</a></li>`,
    );
    const heading = `<h2 id="${escaped(title.toLowerCase())}">${escaped(title)}</h2>`;
    return `${heading}<ul>${items.join('')}</ul>`;
  });
  return `<h1>Documentation</h1>
<p>A payment-intents platform of your own: one intent, any dialect, any rail.</p>
${parts.join('\n')}`;
}
