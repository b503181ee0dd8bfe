import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * `tender` of this repository. A server runs beside the documents already, so that `start` starts
 * another one as it is told to, waits until it is ready, and stops it.
 */
const TENDER = `#!/bin/sh
tender='${join(ROOT, 'bin/tender.js')}'
[ "$1" = start ] || exec node "$tender" "$@"
ready=$(mktemp -u)
mkfifo "$ready"
PORT=0 TENDER_READY_FD=3 node "$tender" "$@" 3>"$ready" >&2 &
read -r line < "$ready" && kill $!
wait $!
code=$?
rm "$ready"
exit $code
`;

const NPX = `#!/bin/sh
[ "$1" = tender ] || { echo "npx $*: no command of ours" >&2; exit 1; }
shift
exec tender "$@"
`;

/** What is installed and packed is so already; a script that takes minutes need only be there. */
const NPM = `#!/bin/sh
case "$1" in
  ci | install | pack) exit 0 ;;
  start)
    shift
    [ "$1" = -- ] && shift
    exec tender start "$@"
    ;;
  run) script="$2" ;;
  *) script="$1" ;;
esac
grep -q "^    \\"$script\\":" '${join(ROOT, 'package.json')}' || {
  echo "npm $*: no such script" >&2
  exit 1
}
`;

/** An answer that is an error makes a command of a document fail. */
const CURLRC = 'fail\nsilent\nshow-error\n';

/** Writes what documents' commands call into a folder of `place`, for PATH; its path. */
export function commandFolder(place: string): string {
  const folder = join(place, 'bin');
  mkdirSync(folder);
  const commands = { tender: TENDER, npx: NPX, npm: NPM };
  for (const [name, text] of Object.entries(commands))
    writeFileSync(join(folder, name), text, { mode: 0o755 });
  writeFileSync(join(place, '.curlrc'), CURLRC);
  return folder;
}
