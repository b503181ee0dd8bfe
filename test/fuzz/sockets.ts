import fc from 'fast-check';
import { WebSocket } from 'ws';
import { anyEnvelope } from './requests.js';

/** What goes over one WebSocket: frames of envelopes, nearly right, and now and then a text. */
const frames = fc.array(
  fc.oneof({ weight: 9, arbitrary: anyEnvelope }, { weight: 1, arbitrary: fc.string() }),
  { minLength: 1, maxLength: 4 },
);

/**
 * Sends frames over so many sockets of a seed; rejects where a socket neither answers a ping behind
 * them nor ends.
 */
export function fuzzSockets(url: string, runs: number, seed: number): Promise<void> {
  const property = fc.asyncProperty(frames, (sent) => {
    const socket = new WebSocket(url.replace(/^http/, 'ws'));
    return new Promise<void>((resolve, reject) => {
      const done = (): void => {
        socket.terminate();
        resolve();
      };
      socket.on('error', reject);
      socket.on('close', done);
      // It is read behind all frames, so that it is answered when they were.
      socket.on('pong', done);
      socket.on('open', () => {
        for (const each of sent) socket.send(each);
        socket.ping();
      });
    });
  });
  return fc.assert(property, { numRuns: runs, seed });
}
