import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

/** What happens to the next COMMIT: its answer is lost, or already the way there. */
export type Fault = 'answer lost' | 'request lost';

export interface Wire {
  /** The database's URL, through the wire. */
  readonly url: string;
  /** Makes the next COMMIT of any connection end in a broken connection. */
  breakNextCommit(fault: Fault): void;
  /** How many commits were broken so far. */
  readonly broken: number;
  close(): void;
}

/** A wire to PostgreSQL that can be cut at the worst moment. */
export async function startWire(databaseUrl: string): Promise<Wire> {
  const target = new URL(databaseUrl);
  let armed: Fault | null = null;
  let broken = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    const cut = (): void => {
      client.destroy();
      upstream.destroy();
    };
    let answerLost = false;
    client.on('data', (data) => {
      const commits = armed !== null && data.includes('COMMIT\0');
      if (commits) {
        const fault = armed;
        armed = null;
        broken += 1;
        if (fault === 'request lost') return cut();
        answerLost = true;
      }
      upstream.write(data);
    });
    // Only once the server has answered is it sure that it has committed.
    upstream.on('data', (data) => (answerLost ? cut() : client.write(data)));
    for (const socket of [client, upstream]) socket.on('error', cut).on('close', cut);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    breakNextCommit: (fault) => {
      armed = fault;
    },
    get broken() {
      return broken;
    },
    close: () => {
      server.close();
    },
  };
}
