#!/usr/bin/env node
// Plain syntax up to the version check: an old Node must get far enough to say what is wrong.
import { existsSync } from 'node:fs';

const NODE_MIN = { major: 20, minor: 19 };

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < NODE_MIN.major || (major === NODE_MIN.major && minor < NODE_MIN.minor)) {
  const wanted = `${NODE_MIN.major}.${NODE_MIN.minor}`;
  console.error(`Tender needs Node.js ${wanted} or newer; this is ${process.version}.`);
  process.exit(1);
}

// A source checkout builds itself; an installed package comes with dist and without src.
if (existsSync(new URL('../src', import.meta.url))) {
  const { build, BuildError } = await import('../scripts/build.js');
  try {
    await build({ ifNeeded: true });
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(`${error.message}\nTender was not started: its build failed.`);
    process.exit(1);
  }
}

const main = new URL('../dist/cli/main.js', import.meta.url);
if (!existsSync(main)) {
  console.error('Tender is not built. Run npm run build.');
  process.exit(1);
}
const { run } = await import(main.href);
await run(process.argv);
