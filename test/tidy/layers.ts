import { isBuiltin } from 'node:module';
import type { Import } from './imports.js';
import { isTest } from './source.js';

/** A layer of the source: which files are in it, and what they may import. */
interface Layer {
  readonly name: string;
  readonly files: RegExp;
  /** The rule in words, as a broken import reports it. */
  readonly rule: string;
  /** Files of the repository that it may import; `$1` is what `files` captured first. */
  readonly may: readonly string[];
  /** Files of which it may import types only. */
  readonly mayTypes?: readonly string[];
  /** Packages that it may import, built-in modules included; all if absent. */
  readonly packages?: RegExp;
}

/** Who may import whom; DESIGN's table. The first layer whose `files` match is a file's own. */
const LAYERS: readonly Layer[] = [
  {
    name: 'domain',
    files: /^src\/domain\//,
    rule: 'domain imports nothing but domain: no folder, package or built-in module',
    may: ['src/domain/'],
    packages: /^$/,
  },
  {
    name: 'engine',
    files: /^src\/engine\//,
    rule: 'engine imports domain, ed25519 and what is offered by rails (rail) and storage',
    may: [
      'src/engine/',
      'src/domain/',
      'src/ed25519.ts',
      'src/rails/rail.ts',
      'src/storage/store.ts',
      'src/storage/schema.ts',
      'src/storage/codec.ts',
    ],
  },
  {
    name: 'rail',
    files: /^src\/rails\/([^/]+)\//,
    rule: 'a rail imports domain, wire, ed25519, its own folder and rails/*.ts, never another rail',
    may: ['src/domain/', 'src/wire/', 'src/ed25519.ts', 'src/rails/$1/', 'src/rails/*'],
  },
  {
    name: 'rails',
    files: /^src\/rails\//,
    rule: 'rails imports domain and its own folder',
    may: ['src/domain/', 'src/rails/'],
  },
  {
    name: 'storage',
    files: /^src\/storage\//,
    rule: 'storage imports domain and its own folder',
    may: ['src/domain/', 'src/storage/'],
  },
  {
    name: 'dialect',
    files: /^src\/api\/([^/]+)\//,
    rule: 'a dialect imports the engine, domain, wire, ed25519, api/*.ts and its own folder',
    may: ['src/engine/', 'src/domain/', 'src/wire/', 'src/ed25519.ts', 'src/api/*', 'src/api/$1/'],
    mayTypes: ['src/api/*/schema.ts'],
  },
  {
    name: 'wire',
    files: /^src\/wire\//,
    rule: 'wire imports its own folder, protobuf and scure: it also runs in browsers',
    may: ['src/wire/'],
    packages: /^(@bufbuild\/protobuf|@scure\/)/,
  },
  {
    name: 'api',
    files: /^src\/api\//,
    rule: 'api/*.ts imports the engine, domain and api/*.ts, never a dialect',
    may: ['src/engine/', 'src/domain/', 'src/api/*'],
    mayTypes: ['src/api/*/schema.ts'],
  },
  {
    name: 'sdk entry',
    files: /^sdk\/(?:.*\/)?(?:code|wallet)[./]/,
    rule: 'sdk imports only sdk; its entries code and wallet also wire, scure and protobuf',
    may: ['sdk/', 'src/wire/'],
    packages: /^(@scure\/|@bufbuild\/protobuf)/,
  },
  {
    name: 'sdk',
    files: /^sdk\//,
    rule: 'sdk imports nothing outside sdk but types of api/*/schema.ts, and no package',
    may: ['sdk/'],
    mayTypes: ['src/api/*/schema.ts'],
    packages: /^$/,
  },
  {
    name: 'demo',
    files: /^demo\//,
    rule: 'the demo shop imports only its own files and the official client',
    may: ['demo/'],
  },
  {
    name: 'examples',
    files: /^examples\//,
    rule: 'an example imports only its own files, and packages',
    may: ['examples/'],
  },
  {
    name: 'web',
    files: /^web\//,
    rule: 'web imports sdk and wire, and types only of api/*/schema.ts',
    may: ['web/', 'sdk/', 'src/wire/'],
    mayTypes: ['src/api/*/schema.ts'],
  },
];

/** Everything may be wired here; it is also what may be missing from the table. */
const FREE = /^(src\/main\.ts|src\/cli\/|src\/[^/]+\.ts$|bin\/|bench\/|scripts\/|test\/|[^/]+$)/;

const isTool = (path: string): boolean => isTest(path) || /\.config\.[a-z]+$/.test(path);

function matches(path: string, patterns: readonly string[] | undefined, own: string): boolean {
  return (patterns ?? []).some((pattern) => {
    const wanted = pattern.replace('$1', own);
    if (wanted.endsWith('/')) return path.startsWith(wanted);
    const source = wanted.replace(/[.+()]/g, '\\$&').replace(/\*/g, '[^/]+');
    return new RegExp(`^${source}$`).test(path);
  });
}

function isAllowed(layer: Layer, own: string, edge: Import): boolean {
  if (!edge.isFile) {
    // Tests and configurations are no part of what is shipped.
    if (isTool(edge.from) || layer.packages === undefined) return true;
    return layer.packages.test(edge.to) && !isBuiltin(edge.to);
  }
  if (matches(edge.to, layer.may, own)) return true;
  if (edge.typeOnly && matches(edge.to, layer.mayTypes, own)) return true;
  return isTool(edge.from) && edge.to.startsWith('test/');
}

/**
 * The imports that break the table.
 * @returns one line each: `from:line → to: the rule`
 */
export function layerProblems(imports: readonly Import[]): string[] {
  return imports.flatMap((edge) => {
    const layer = LAYERS.find(({ files }) => files.test(edge.from));
    const shown = `${edge.from}:${edge.line} → ${edge.to}`;
    if (layer === undefined) {
      return FREE.test(edge.from) ? [] : [`${shown}: ${edge.from} is in no layer of the table`];
    }
    const own = layer.files.exec(edge.from)?.[1] ?? '';
    return isAllowed(layer, own, edge) ? [] : [`${shown}: ${layer.rule}`];
  });
}

/** Tests run the source: what is built may be older than what they are to prove. */
export function distProblems(imports: readonly Import[]): string[] {
  return imports
    .filter(({ from, to, isFile }) => isTest(from) && isFile && /(^|\/)dist\//.test(to))
    .map(({ from, line, to }) => `${from}:${line} → ${to}: tests import nothing from dist`);
}
