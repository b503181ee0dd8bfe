import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Rendered, renderMarkdown } from './markdown.js';

/** The folder that the documents are in: of a checkout, or of the package. */
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Documents beside the folder `docs`. */
const BESIDE = ['ARCHITECTURE.md', 'COMPAT.md', 'CHANGELOG.md'];

/** The parts in which they are shown; any other folder comes after these, by its name. */
const ORDER = ['', 'concepts', 'integrate', 'operate', 'reference', 'decisions', 'project'];
const TITLES: Readonly<Record<string, string>> = { '': 'Begin' };

/** A document, as it is served. */
export interface Document {
  /** Its address, `/docs/…`. */
  readonly path: string;
  /** The folder that it is in; empty for those directly in `docs`. */
  readonly section: string;
  readonly title: string;
  rendered(): Rendered;
}

/** All documents, and the pictures in them. */
export interface Documents {
  /** In the order in which they are shown. */
  readonly all: readonly Document[];
  /** What is at an address; null where nothing is. */
  find(path: string): Document | null;
  picture(path: string): Buffer | null;
}

/** The title of a part. */
export function sectionTitle(section: string): string {
  return TITLES[section] ?? section.charAt(0).toUpperCase() + section.slice(1);
}

/** Reads what documents there are. Each is rendered when it is first asked for, and then kept. */
export function readDocuments(root = ROOT): Documents {
  const files = [...filesBelow(root, 'docs'), ...BESIDE.filter((file) => exists(root, file))];
  const addresses = new Map(files.map((file) => [file, addressOf(file)]));
  const documents = files
    .filter((file) => file.endsWith('.md'))
    .map((file) => documentOf(root, file, addresses))
    .sort(byPlace);
  const byPath = new Map(documents.map((document) => [document.path, document]));
  const pictures = new Map(
    files.filter((file) => file.endsWith('.png')).map((file) => [addressOf(file), file]),
  );
  return {
    all: documents,
    find: (path) => byPath.get(path) ?? null,
    picture: (path) => {
      const file = pictures.get(path);
      return file === undefined ? null : readFileSync(join(root, file));
    },
  };
}

function exists(root: string, file: string): boolean {
  return statSync(join(root, file), { throwIfNoEntry: false }) !== undefined;
}

/** Files in a folder, by their paths from the root with `/`; none where the folder is missing. */
function filesBelow(root: string, folder: string): string[] {
  if (!exists(root, folder)) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(root, path) : [path];
  });
}

/** `docs/integrate/code.md` is at `/docs/integrate/code`, `COMPAT.md` at `/docs/project/compat`. */
function addressOf(file: string): string {
  if (!file.endsWith('.md')) return `/${file}`;
  const path = file.slice(0, -3);
  return file.startsWith('docs/') ? `/${path}` : `/docs/project/${path.toLowerCase()}`;
}

function sectionOf(path: string): string {
  const [, , section = '', ...rest] = path.split('/');
  return rest.length === 0 ? '' : section;
}

function byPlace(a: Document, b: Document): number {
  const place = ({ section }: Document): number => {
    const known = ORDER.indexOf(section);
    return known === -1 ? ORDER.length : known;
  };
  return place(a) - place(b) || (a.path < b.path ? -1 : 1);
}

function documentOf(root: string, file: string, addresses: ReadonlyMap<string, string>): Document {
  const path = addressOf(file);
  let kept: Rendered | null = null;
  const rendered = (): Rendered => {
    kept ??= renderMarkdown(readFileSync(join(root, file), 'utf8'), (target) =>
      resolved(file, target, addresses),
    );
    return kept;
  };
  return {
    path,
    section: sectionOf(path),
    get title() {
      return rendered().title || posix.basename(path);
    },
    rendered,
  };
}

/** Where a link leads: out by http, to another document or picture, or nowhere. */
function resolved(
  file: string,
  target: string,
  addresses: ReadonlyMap<string, string>,
): string | null {
  if (/^(https?:|mailto:)/.test(target) || target.startsWith('#')) return target;
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(target)) return null;
  if (target.startsWith('/')) return target;
  const [path = '', anchor] = target.split('#');
  const wanted = posix.normalize(posix.join(posix.dirname(file), path)).replace(/\/$/, '');
  const found = addresses.get(wanted) ?? folderAddress(wanted, addresses);
  if (found === null) return null;
  return anchor === undefined ? found : `${found}#${anchor}`;
}

/** A folder's documents are listed on the first page. */
function folderAddress(folder: string, addresses: ReadonlyMap<string, string>): string | null {
  const has = [...addresses.keys()].some((file) => file.startsWith(`${folder}/`));
  return has ? `/docs#${posix.basename(folder)}` : null;
}
