import { createServer } from 'node:http';

/** The yardstick of HTTP: reads the body, answers a fixed one of 1.5 kB, does nothing else. */
const body = JSON.stringify({ id: 'pi_fixed', filling: 'x'.repeat(1_470) });
const headers = {
  'content-type': 'application/json',
  'content-length': String(Buffer.byteLength(body)),
};

const server = createServer((request, response) => {
  request.on('data', () => {});
  request.on('end', () => {
    response.writeHead(200, headers);
    response.end(body);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  process.stdout.write(`${JSON.stringify({ port: address.port })}\n`);
});
process.on('SIGTERM', () => process.exit(0));
