import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FrameLocator, Page } from 'playwright-core';
import type {
  Answer,
  FrameKind,
  FrameSetup,
  FromFrame,
  Question,
} from '../../sdk/browser/protocol.js';

/** A page that speaks the frames' protocol and keeps all that passes. */
const PAGE = `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
<title>A shop</title><body style="margin:16px"><main></main><script>
const passed = [];
const frames = {};
window.passed = passed;
addEventListener('message', (event) => {
  passed.push(JSON.stringify(event.data));
  const frame = Object.values(frames).find((each) => each.node.contentWindow === event.source);
  if (!frame || event.origin !== 'null' || event.data.tender !== 'hello') return;
  const channel = new MessageChannel();
  frame.port = channel.port1;
  frame.port.onmessage = ({ data }) => {
    passed.push(JSON.stringify(data));
    frame.messages.push(data);
    if (data.type === 'height') frame.node.style.height = data.pixels + 'px';
    if (data.type === 'ready') frame.opened();
    if (data.type === 'answer') frame.answers[data.id](data.answer);
  };
  frame.node.contentWindow.postMessage({ tender: 'connect', version: 1 }, '*', [channel.port2]);
  frame.port.postMessage({ type: 'setup', setup: frame.setup });
});
window.openFrame = (tender, name, setup, origin) => new Promise((opened) => {
  const node = document.createElement('iframe');
  node.id = name;
  node.title = 'Card';
  node.style.cssText = 'border:0;width:100%;height:20px;display:block';
  const query = new URLSearchParams({ kind: setup.kind, origin: origin ?? location.origin });
  node.src = tender + '/frames/element.html?' + query;
  frames[name] = { node, setup, opened, messages: [], answers: {} };
  document.querySelector('main').append(node);
});
window.send = (name, message) => frames[name].port.postMessage(message);
window.ask = (name, question) => new Promise((resolve) => {
  const id = Math.random();
  frames[name].answers[id] = resolve;
  window.send(name, { type: 'ask', id, question });
});
window.messages = (name) => frames[name].messages;
</script></body></html>`;

/** Serves the page on an origin of its own. */
export async function startFrameShop(): Promise<{ server: Server; url: string }> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** A setup as a page would send it. */
export function setupOf(kind: FrameKind, more: Partial<FrameSetup> = {}): FrameSetup {
  const payment = { mode: 'payment', amount: 2000, currency: 'usd', saved: [] } as const;
  return {
    kind,
    publishableKey: 'pk_test_frames',
    stripeAccount: null,
    apiVersion: null,
    locale: 'en',
    appearance: {},
    options: {},
    payment: kind === 'payment' ? { ...payment, methodTypes: ['card'] } : null,
    ...more,
  };
}

/** One frame on the page. */
export interface OpenFrame {
  readonly inside: FrameLocator;
  ask(question: Question): Promise<Answer>;
  send(message: object): Promise<void>;
  messages(): Promise<FromFrame[]>;
}

/** Opens a frame on a shop's page and waits for its fields. */
export async function openFrame(
  page: Page,
  tender: string,
  setup: FrameSetup,
  name: string = setup.kind,
): Promise<OpenFrame> {
  const call = (what: string, ...given: unknown[]): Promise<unknown> =>
    page.evaluate(`window.${what}(...${JSON.stringify(given)})`);
  await call('openFrame', tender, name, setup);
  return {
    inside: page.frameLocator(`#${name}`),
    ask: async (question) => (await call('ask', name, question)) as Answer,
    send: async (message) => void (await call('send', name, message)),
    messages: async () => (await call('messages', name)) as FromFrame[],
  };
}
