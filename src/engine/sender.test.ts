import type { LookupAddress } from 'node:dns';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
import { makeSender, type Sender, type SenderSettings, urlFault } from './sender.js';

const SETTINGS: SenderSettings = {
  allowLoopback: true,
  allowPrivate: false,
  timeout_ms: 2000,
  response_bytes_max: 2048,
  connections_per_origin_max: 4,
};
const NOW_MS = 1_800_000_000_000;

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function sender(over: Partial<SenderSettings> = {}, addresses?: LookupAddress[]): Sender {
  const made = makeSender(
    { ...SETTINGS, ...over },
    {
      nowMs: () => NOW_MS,
      ...(addresses && { lookup: (_name, _options, callback) => callback(null, addresses) }),
    },
  );
  closers.push(() => made.close());
  return made;
}

async function listen(listener: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  );
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, server };
}

const MESSAGE = {
  headers: { 'content-type': 'application/json', signature: 's' },
  body: '{"a":1}',
};

describe('post', () => {
  test('sends the message and tells the answer', async () => {
    const seen: unknown[] = [];
    const { url } = await listen((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        const { signature, 'user-agent': client, 'content-length': length } = request.headers;
        seen.push({ method: request.method, path: request.url, signature, client, length, body });
        response.writeHead(202).end('thanks');
      });
    });
    const made = await sender().post(url, MESSAGE);
    expect(made).toEqual({
      atMs: NOW_MS,
      durationMs: expect.any(Number),
      status: 202,
      error: null,
      response: 'thanks',
    });
    expect(seen).toEqual([
      {
        method: 'POST',
        path: '/hook',
        signature: 's',
        client: 'Tender/1.0',
        length: '7',
        body: '{"a":1}',
      },
    ]);
  });

  test('keeps connections for many messages', async () => {
    let connections = 0;
    const { url, server } = await listen((request, response) => {
      request.resume().on('end', () => response.end());
    });
    server.on('connection', () => connections++);
    const made = sender();
    for (let i = 0; i < 20; i++)
      expect(await made.post(url, MESSAGE)).toMatchObject({ status: 200 });
    expect(connections).toBeLessThanOrEqual(2);
  });

  test('does not follow redirects', async () => {
    const paths: (string | undefined)[] = [];
    const { url } = await listen((request, response) => {
      paths.push(request.url);
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect(await sender().post(url, MESSAGE)).toMatchObject({
      status: 307,
      error: 'redirects are not followed',
    });
    expect(paths).toEqual(['/hook']);
  });

  test('keeps only the beginning of a long answer, and reads no further', async () => {
    let written = 0;
    const { url } = await listen((_, response) => {
      const more = (): void => {
        while (!response.destroyed && written < 200_000_000) {
          written += 65_536;
          if (!response.write('x'.repeat(65_536))) {
            response.once('drain', more);
            return;
          }
        }
      };
      more();
    });
    const made = await sender().post(url, MESSAGE);
    expect(made).toMatchObject({ status: 200, response: 'x'.repeat(2048) });
    expect(written).toBeLessThan(50_000_000);
  });

  test('gives up after its time, also when the answer only drips', async () => {
    const silent = await listen(() => {});
    const dripping = await listen((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const early = await sender({ timeout_ms: 150 }).post(silent.url, MESSAGE);
    expect(early).toMatchObject({ status: null, error: 'no answer within 150 ms' });
    // Long enough for the first drops of the answer to arrive, however busy the machine is.
    const late = await sender({ timeout_ms: 2_000 }).post(dripping.url, MESSAGE);
    expect(late).toMatchObject({ status: null, error: expect.stringContaining('broke off') });
  });

  test('what has waited too long for a connection is never sent', async () => {
    const seen: (string | undefined)[] = [];
    const { server } = await listen((request, response) => {
      seen.push(request.url);
      response.end();
    });
    const held: (() => void)[] = [];
    let holds = true;
    const one = makeSender(
      { ...SETTINGS, timeout_ms: 1_000, connections_per_origin_max: 1 },
      {
        nowMs: () => NOW_MS,
        lookup: (_name, _options, callback) => {
          const tell = () => callback(null, [{ address: '127.0.0.1', family: 4 }]);
          if (holds) held.push(tell);
          else tell();
        },
      },
    );
    closers.push(() => one.close());
    const { port } = server.address() as AddressInfo;
    const post = (path: string) => one.post(`http://localhost:${port}${path}`, MESSAGE);
    const ends = await Promise.all([post('/first'), post('/second')]);
    expect(ends.map(({ status }) => status)).toEqual([null, null]);
    holds = false;
    for (const tell of held) tell();
    expect((await post('/third')).status).toBe(200);
    expect(seen).toEqual(['/third']);
  });

  test('an announcement of an answer is not the answer', async () => {
    const { url } = await listen((_, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' }, () => {
        response.writeHead(503).end('later');
      });
    });
    expect(await sender().post(url, MESSAGE)).toMatchObject({ status: 503, response: 'later' });
  });

  test('tells why nothing could be sent, and never rejects', async () => {
    const { url, server } = await listen((request) => request.socket.destroy());
    expect(await sender().post(url, MESSAGE)).toMatchObject({
      status: null,
      error: 'connection closed without an answer',
    });
    await new Promise((resolve) => server.close(resolve));
    expect(await sender().post(url, MESSAGE)).toMatchObject({ error: 'connection refused' });
    expect(await sender().post('no url', MESSAGE)).toMatchObject({
      error: 'the URL is not an absolute URL',
    });
    expect(await sender({}, []).post('https://nowhere.example/', MESSAGE)).toMatchObject({
      error: 'nowhere.example has no address',
    });
  });
});

describe('where nothing may be sent', () => {
  /** A listener that nobody may reach, and what reached it. */
  async function trap(): Promise<{ port: number; touched: () => number }> {
    let touched = 0;
    const server = createTcpServer((socket) => {
      touched++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => server.close(resolve)));
    return { port: (server.address() as AddressInfo).port, touched: () => touched };
  }

  test('a literal address', async () => {
    const { port, touched } = await trap();
    for (const host of ['127.0.0.1', '[::ffff:127.0.0.1]', '0x7f.1', '2130706433']) {
      const made = sender({ allowLoopback: false });
      const { status, error } = await made.post(`https://${host}:${port}/`, MESSAGE);
      expect([host, status]).toEqual([host, null]);
      expect(error).toMatch(/loopback/);
    }
    expect(touched()).toBe(0);
  });

  test('a name that leads to a private address', async () => {
    const { port, touched } = await trap();
    for (const address of ['127.0.0.1', '10.1.2.3', '169.254.169.254', '::ffff:127.0.0.1']) {
      const family = address.includes(':') ? 6 : 4;
      const made = sender({ allowLoopback: false }, [{ address, family }]);
      const { error } = await made.post(`https://shop.example:${port}/`, MESSAGE);
      expect(error).toMatch(/is a (loopback|private) address|not an address on the internet/);
    }
    expect(touched()).toBe(0);
  });

  test('of several addresses only those that are allowed are tried', async () => {
    const { url } = await listen((request, response) => {
      request.resume().on('end', () => response.end());
    });
    const made = sender({}, [
      { address: '10.1.2.3', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ]);
    const answer = await made.post(url.replace('127.0.0.1', 'shop.localhost'), MESSAGE);
    expect(answer).toMatchObject({ status: 200 });
  });

  /** An address of this machine that is not loopback. */
  const outward = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

  test.skipIf(outward === undefined)('an address that changes after it was looked at', async () => {
    let requests = 0;
    const server = createServer((_, response) => {
      requests++;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    closers.push(() => new Promise((resolve) => server.close(resolve)));
    let looks = 0;
    const rebound = {
      family: 4,
      get address() {
        looks++;
        return looks === 1 ? '127.0.0.1' : (outward ?? '');
      },
    };
    const { port } = server.address() as AddressInfo;
    const made = await sender({}, [rebound]).post(`http://shop.localhost:${port}/`, MESSAGE);
    expect(made.error).toContain(outward);
    expect(requests).toBe(0);
  });

  test('plain http that would leave this machine', async () => {
    const made = sender({ allowPrivate: true }, [{ address: '10.1.2.3', family: 4 }]);
    const answer = await made.post('http://shop.localhost/', MESSAGE);
    expect(answer.error).toMatch(/plain http may not leave this machine/);
  });
});

describe('urlFault', () => {
  const open = { allowLoopback: true, allowPrivate: true };
  const closed = { allowLoopback: false, allowPrivate: false };

  test('lets endpoints pass', () => {
    for (const url of [
      'https://shop.example/hooks?a=1',
      'https://shop.example:8443/',
      'https://1.1.1.1/',
    ])
      expect([url, urlFault(url, closed)]).toEqual([url, null]);
    for (const url of ['http://localhost:4242/', 'http://127.0.0.1:80/', 'http://[::1]:9/'])
      expect([url, urlFault(url, open)]).toEqual([url, null]);
  });

  test.each([
    ['nothing', ''],
    ['a path', '/hooks'],
    ['another scheme', 'ftp://shop.example/'],
    ['plain http to the internet', 'http://shop.example/'],
    ['a user name', 'https://me@shop.example/'],
    ['a password', 'https://:pw@shop.example/'],
    ['port 0', 'https://shop.example:0/'],
    ['a mail server', 'https://shop.example:25/'],
    ['this machine by name', 'https://localhost/'],
    ['this machine by full name', 'https://localhost./'],
    ['this machine by address', 'https://127.0.0.1/'],
    ['this machine by an odd address', 'https://0177.0.0.1/'],
    ['plain http to this machine', 'http://localhost/'],
    ['the network at home', 'https://192.168.0.1/'],
    ['cloud metadata', 'https://169.254.169.254/latest/meta-data'],
    ['cloud metadata through IPv6', 'https://[::ffff:169.254.169.254]/'],
    ['too much', `https://shop.example/${'x'.repeat(2048)}`],
  ])('refuses %s', (_, url) => {
    expect(urlFault(url, closed)).toEqual(expect.any(String));
  });
});
