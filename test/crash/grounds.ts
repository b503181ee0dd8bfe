import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/free-port.js';
import {
  abandonAtExit,
  createDatabase,
  ended,
  initialise,
  launch,
  PASSWORD,
  removeNow,
  startPostgres,
  unprivileged,
} from '../support/postgres.js';
import { postgresSql } from '../support/stores.js';
import type { Ground } from './cluster.js';

export type StandingGround = Ground & { stop(): Promise<void> };

/** One PostgreSQL: killed, it is started again and recovers from its log. */
export async function openSingle(): Promise<StandingGround> {
  const server = await startPostgres();
  const url = await createDatabase(server.url);
  return {
    url,
    sql: (text) => postgresSql(url, text),
    kill: async () => {
      await server.kill();
      await server.restart();
    },
    stop: server.stop,
  };
}

const urlOf = (port: number): string =>
  `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`;

/**
 * A PostgreSQL and its standby, which has every commit before it is acknowledged. Killed, the first
 * stays down and the standby is promoted: that can be done once. The standby is a copy of the empty
 * cluster that follows the first from its first record on.
 */
export async function openReplicated(): Promise<StandingGround> {
  const user = unprivileged();
  const folder = mkdtempSync(join(tmpdir(), 'tender-replica-'));
  const [first, second] = [join(folder, 'first'), join(folder, 'second')];
  const servers: Awaited<ReturnType<typeof launch>>[] = [];
  const abandon = (): void => {
    for (const server of servers) server.kill('SIGKILL');
    removeNow(folder);
  };
  abandonAtExit(abandon);
  execFileSync('mkdir', [first]);
  for (const path of [folder, first])
    if (user.uid !== undefined && user.gid !== undefined) chownSync(path, user.uid, user.gid);
  await initialise(first, user);
  execFileSync('cp', ['-a', first, second]);
  writeFileSync(join(second, 'data', 'standby.signal'), '');
  const [port, standbyPort] = [await freePort(), await freePort()];
  const primary = await launch(first, port, urlOf(port), user, [
    'synchronous_standby_names=standby',
    // The standby begins at the first record, whenever it comes.
    'wal_keep_size=1GB',
  ]);
  servers.push(primary);
  const source = `host=127.0.0.1 port=${port} user=postgres password=${PASSWORD}`;
  servers.push(
    await launch(second, standbyPort, urlOf(standbyPort), user, [
      `primary_conninfo=${source} application_name=standby`,
    ]),
  );
  // Waits for the standby, as every commit does.
  const url = new URL(await createDatabase(urlOf(port)));
  const own = (at: number | string): string => url.href.replace(`:${port}/`, `:${at}/`);
  let current = own(port);
  return {
    // The standby first: until it is promoted, it is to be passed over.
    url: `${own(`${standbyPort},127.0.0.1:${port}`)}?target_session_attrs=read-write`,
    sql: (text) => postgresSql(current, text),
    kill: async () => {
      await ended(primary, 'SIGKILL');
      current = own(standbyPort);
      await postgresSql(current, 'SELECT pg_promote(true, 60)');
    },
    stop: async () => {
      await Promise.all(servers.map((server) => ended(server, 'SIGKILL')));
      removeNow(folder);
    },
  };
}
