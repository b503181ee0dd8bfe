import { readFileSync } from 'node:fs';

/** The package's own version; the manifest lies one folder up, from source and from dist. */
export function packageVersion(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
}
