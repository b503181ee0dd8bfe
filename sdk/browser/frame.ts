import type { Client } from './api.js';
import { UNREACHABLE } from './errors.js';
import {
  type Answer,
  type Connect,
  type FrameSetup,
  type FromFrame,
  type Hello,
  PROTOCOL_VERSION,
  type Question,
  type ToFrame,
} from './protocol.js';

/** How long a frame may take to say hello, and to answer a question. */
const HELLO_MS_MAX = 15_000;
const ANSWER_MS_MAX = 60_000;

export interface Frame {
  readonly iframe: HTMLIFrameElement;
  post(message: ToFrame): void;
  ask(question: Question): Promise<Answer>;
  /** What the frame is to draw; sent again if it is loaded again. */
  setUp(setup: FrameSetup): void;
  close(): void;
}

interface FrameHandlers {
  /** Told of everything but answers. */
  heard(message: Exclude<FromFrame, { type: 'answer' }>): void;
  /** It cannot be shown. */
  failed(): void;
}

/** The address of a frame for this page. */
function frameUrl(client: Client, kind: string): string {
  const query = new URLSearchParams({ kind, origin: location.origin });
  return `${client.origin}/frames/element.html?${query}`;
}

/**
 * The room that a form keeps around its fields, for the ring of the one that has the focus. The
 * frame stands over its container's edge by as much, so that its fields align with the page's own.
 */
const FORM_ROOM_PX = 3;

function makeIframe(client: Client, kind: string, title: string): HTMLIFrameElement {
  const iframe = document.createElement('iframe');
  iframe.src = frameUrl(client, kind);
  iframe.title = title;
  // Beside the policy that the page is served with: what answers instead of it gets no more.
  iframe.setAttribute('sandbox', 'allow-scripts allow-forms');
  iframe.setAttribute('scrolling', 'no');
  iframe.setAttribute('allow', 'payment *');
  const room = kind === 'payment' ? FORM_ROOM_PX : 0;
  const width = `calc(100% + ${2 * room}px)`;
  Object.assign(iframe.style, {
    border: '0',
    margin: `${-room}px`,
    padding: '0',
    width,
    minWidth: width,
    height: '1.2em',
    display: 'block',
    overflow: 'hidden',
    background: 'transparent',
  });
  return iframe;
}

/** Questions that wait for their answers. */
interface Questions {
  ask(question: Question): Promise<Answer>;
  answered(id: number, answer: Answer): void;
  /** Answers all that wait: nothing will come any more. */
  drop(): void;
}

function makeQuestions(post: (message: ToFrame) => void): Questions {
  const waiting = new Map<number, (answer: Answer) => void>();
  let asked = 0;
  const answered = (id: number, answer: Answer): void => {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  };
  return {
    answered,
    drop: () => {
      for (const id of [...waiting.keys()]) answered(id, { ok: false, error: UNREACHABLE });
    },
    ask: (question) => {
      asked += 1;
      const id = asked;
      return new Promise((resolve) => {
        const late = (): void => answered(id, { ok: false, error: UNREACHABLE });
        const timer = setTimeout(late, ANSWER_MS_MAX);
        waiting.set(id, (answer) => {
          clearTimeout(timer);
          resolve(answer);
        });
        post({ type: 'ask', id, question });
      });
    },
  };
}

/**
 * One frame of Tender's in this page. Only what the window of this very frame says is heard, and
 * from its first word on only what comes through the port that it was given. Where the page moves
 * the frame, the browser loads it anew: it says hello again and gets a new port.
 */
export function makeFrame(
  client: Client,
  kind: string,
  title: string,
  handlers: FrameHandlers,
): Frame {
  const iframe = makeIframe(client, kind, title);
  let waiting: ToFrame[] = [];
  let port: MessagePort | null = null;
  let setup: FrameSetup | null = null;
  const post = (message: ToFrame): void => {
    if (port !== null && setup !== null) port.postMessage(message);
    else waiting.push(message);
  };
  const questions = makeQuestions(post);
  const helloTimer = setTimeout(() => {
    handlers.failed();
    questions.drop();
  }, HELLO_MS_MAX);

  /** Draws the frame, and hands on what had to wait for that. */
  function begin(): void {
    if (port === null || setup === null) return;
    port.postMessage({ type: 'setup', setup } satisfies ToFrame);
    for (const message of waiting) port.postMessage(message);
    waiting = [];
  }

  function listen(event: MessageEvent): void {
    if (event.source === null || event.source !== iframe.contentWindow) return;
    const hello = event.data as Partial<Hello> | null;
    if (hello?.tender !== 'hello' || hello.version !== PROTOCOL_VERSION) return;
    clearTimeout(helloTimer);
    port?.close();
    const channel = new MessageChannel();
    port = channel.port1;
    port.onmessage = ({ data }: MessageEvent<FromFrame>) => {
      if (data.type === 'answer') questions.answered(data.id, data.answer);
      else handlers.heard(data);
    };
    const connect: Connect = { tender: 'connect', version: PROTOCOL_VERSION };
    // To whatever origin: a frame that is served with `sandbox` has none that could be named.
    iframe.contentWindow?.postMessage(connect, '*', [channel.port2]);
    begin();
  }

  addEventListener('message', listen);
  return {
    iframe,
    post,
    ask: questions.ask,
    setUp: (next) => {
      const isFirst = setup === null;
      setup = next;
      if (isFirst) begin();
      else port?.postMessage({ type: 'update', setup } satisfies ToFrame);
    },
    close: () => {
      clearTimeout(helloTimer);
      removeEventListener('message', listen);
      port?.close();
      iframe.remove();
      questions.drop();
    },
  };
}
