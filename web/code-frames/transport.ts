import { decodeReply, encodeCall } from '../../sdk/code/calls.js';

/** How a frame calls the server. Bytes are encoded messages. */
export interface Transport {
  /** One question, one answer. Throws CallError for a refusal, Error where nobody answers. */
  call(service: string, method: string, body: Uint8Array): Promise<Uint8Array>;
  /** One question, answers until `ended` is called; returns what ends it from here, silently. */
  listen(service: string, method: string, body: Uint8Array, hears: Hears): () => void;
}

interface Hears {
  readonly opened: () => void;
  readonly answer: (body: Uint8Array) => void;
  /** Once: with a CallError for a refusal, an Error where the connection broke. */
  readonly ended: (error: Error) => void;
}

/** After so long, an answer is no longer waited for. */
const ANSWER_MS_MAX = 10_000;

/** Calls over WebSockets, one for each, at the server's origin. */
export function socketTransport(origin: string): Transport {
  const url = `${origin.replace(/^http/, 'ws')}/`;
  const listen: Transport['listen'] = (service, method, body, { opened, answer, ended }) => {
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    let isOpen = true;
    const close = (): void => {
      isOpen = false;
      socket.close();
    };
    const end = (error: Error): void => {
      if (!isOpen) return;
      close();
      ended(error);
    };
    socket.onopen = () => {
      socket.send(new Uint8Array(encodeCall(service, method, body)));
      if (isOpen) opened();
    };
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      if (!isOpen) return;
      try {
        answer(decodeReply(new Uint8Array(data)));
      } catch (error) {
        end(error as Error);
      }
    };
    const lost = (): void => end(new Error('the connection was closed'));
    socket.onerror = lost;
    socket.onclose = lost;
    return close;
  };
  const call: Transport['call'] = (service, method, body) =>
    new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        close();
        act();
      };
      const close = listen(service, method, body, {
        opened: () => {},
        answer: (reply) => settle(() => resolve(reply)),
        ended: (error) => settle(() => reject(error)),
      });
      const timer = setTimeout(
        () => settle(() => reject(new Error('the server did not answer'))),
        ANSWER_MS_MAX,
      );
    });
  return { call, listen };
}
