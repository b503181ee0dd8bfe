/**
 * The page that asks for a payment, a login or a tip: in a modal over a shop's page, as a page of
 * its own, or opened by itself from a link.
 */
import {
  type ConfirmParams,
  type ElementOptions,
  packOptions,
} from '../../sdk/code/browser/element-options.js';
import { type IntentKeys, intentKeys } from '../../sdk/code/keys.js';
import '../ui/tokens.css';
import './request.css';
import { type FrameAddress, readAddress } from './address.js';
import { type Channel, openChannel } from './channel.js';
import { makeRequestView, type RequestView } from './request-view.js';
import { type Session, startSession } from './session.js';
import { applyTheme } from './theme.js';
import { socketTransport, type Transport } from './transport.js';

/** Where Tender is: the page is told, since a frame may be reached under another name. */
const ORIGIN =
  document.querySelector<HTMLMetaElement>('meta[name=tender-origin]')?.content || location.origin;

/** A closed card is gone before its page hears of it. */
const CLOSING_MS = 150;

/** One opening of the frame, with what the page may still say of it. */
interface Opening {
  readonly address: FrameAddress;
  readonly channel: Channel;
  readonly view: RequestView;
  readonly transport: Transport;
  options: ElementOptions;
  /** By what the page last named the intent. */
  name: string | undefined;
  /** What is to be let go when it starts anew. */
  session: Session | null;
  starts: number;
}

const rejection = (mode: FrameAddress['mode']): string =>
  mode === 'login' ? 'clientRejectedLogin' : 'clientRejectedPayment';

function open(address: FrameAddress, id: string): void {
  const channel = openChannel(id);
  const view = makeRequestView(address, {
    close: () => {
      opening.session?.stop();
      document.body.dataset.closing = '';
      setTimeout(() => channel.emit(rejection(address.mode)), CLOSING_MS);
    },
    retry: () => void start(opening),
    navigate: (url) => {
      channel.emit('navigate', { url });
      return channel.hasPage;
    },
  });
  const { options } = address;
  const transport = socketTransport(ORIGIN);
  const opening: Opening = {
    address,
    channel,
    view,
    transport,
    options,
    name: options.idempotencyKey ?? options.clientSecret,
    session: null,
    starts: 0,
  };
  document.body.replaceChildren(view.root);
  view.root.querySelector<HTMLElement>('.card')?.focus();
  obey(opening);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') opening.session?.look();
  });
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') view.root.querySelector<HTMLElement>('.close')?.click();
  });
  // Nobody will say when: the link was opened by itself.
  if (!channel.hasPage) void start(opening);
}

/** What the page says. It may name the intent only after its own server has made it. */
function obey(opening: Opening): void {
  const { channel } = opening;
  const onValue = (event: string, take: (value: string) => void): void =>
    channel.on(event, (args) => {
      const value = (args as { value?: unknown } | null | undefined)?.value;
      if (typeof value === 'string') take(value);
    });
  const rename = (name: string, named: ElementOptions): void => {
    // The page repeats itself whenever any of its options changes.
    if (name === opening.name) return;
    const { clientSecret: _, idempotencyKey: __, ...rest } = opening.options;
    opening.options = { ...rest, ...named };
    opening.name = name;
    if (opening.starts > 0) void start(opening);
  };
  const confirm = (more: ConfirmParams): void => {
    const confirmParams = { ...opening.options.confirmParams, ...more };
    opening.options = { ...opening.options, confirmParams };
  };
  onValue('updatedClientSecret', (clientSecret) => rename(clientSecret, { clientSecret }));
  onValue('updatedIdempotencyKey', (idempotencyKey) => rename(idempotencyKey, { idempotencyKey }));
  onValue('updatedSuccessUrl', (url) => confirm({ success: { url } }));
  onValue('updatedCancelUrl', (url) => confirm({ cancel: { url } }));
  channel.on('beforeInvoke', () => opening.view.show({ name: 'opening' }));
  channel.on('afterInvoke', () => void start(opening));
}

async function start(opening: Opening): Promise<void> {
  const { address, channel, view, transport } = opening;
  const { mode } = address;
  opening.session?.stop();
  opening.session = null;
  opening.starts += 1;
  const turn = opening.starts;
  try {
    // From now on it is this one intent, however often it is tried.
    const keys = await intentKeys({ ...opening.options, mode });
    if (turn !== opening.starts) return;
    const { idempotencyKey: _, ...rest } = opening.options;
    const options: ElementOptions = { ...rest, mode, clientSecret: keys.clientSecret };
    opening.options = options;
    view.code(keys.payload, linksOf(address, keys, options));
    // Whoever is tipped is found by the wallet alone: there is nothing to make or to hear.
    if (mode === 'tip') {
      view.show({ name: 'waiting' });
      return;
    }
    opening.session = startSession({
      options,
      keys,
      transport,
      pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      stage: (stage) => {
        view.show(stage);
        if (stage.name === 'refused') channel.emit('error', stage.text);
      },
      said: (kind) => channel.emit(kind),
      live: view.live,
    });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    view.show({ name: 'refused', text });
    channel.emit('error', text);
  }
}

function linksOf(
  { channel, mode }: FrameAddress,
  { payload }: IntentKeys,
  options: ElementOptions,
): { wallet: string; scan: string; app: string } {
  const base64 = btoa(String.fromCharCode(...payload))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
  const packed = packOptions(options);
  const path = `/v1/elements/${mode}-request-modal-mobile/#/${channel}/p=${packed}`;
  return {
    scan: `${ORIGIN}/wallet#/p=${base64.replace(/=+$/, '')}`,
    wallet: `${ORIGIN}/wallet#/p=${packed}`,
    app: `${ORIGIN.replace(/^https?:/, 'codewallet:')}${path}`,
  };
}

const address = readAddress(location.pathname, location.hash);
applyTheme(address?.options.appearance);
// Loaded ahead of time, there is nothing to show yet.
if (address !== null && address.channel !== null) open(address, address.channel);
