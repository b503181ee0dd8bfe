import { type IntentKeys, intentKeys } from '../keys.js';
import { type CodeFrame, makeCodeFrame } from './code-frame.js';
import { confirmUrl } from './confirm-url.js';
import { type ElementOptions, LABELS } from './element-options.js';

/** What an element tells its shop. */
export interface ElementEvents {
  /** Pressed: the time to make the intent. True keeps the request from opening. */
  invoke: undefined;
  /** Paid, logged in. True keeps the page from going to the success URL. */
  success: Ended;
  /** Declined, or closed. True keeps the page from going to the cancel URL. */
  cancel: Ended;
  error: { message: string };
}

/** How a request ended: for which intent, with which options, and where the page may go. */
export interface Ended {
  url: string | undefined;
  options: ElementOptions;
  /** The intent's id. */
  intent: string;
}

/** Tells an event; resolves to whether a listener has taken it over. */
export type Tell = <K extends keyof ElementEvents>(
  event: K,
  args: ElementEvents[K],
) => Promise<boolean>;

/** What a request is opened with. */
interface FlowWish {
  readonly origin: string;
  readonly part: 'modal' | 'page';
  /** The options of now: a listener may have updated them. */
  readonly options: () => ElementOptions;
  readonly tell: Tell;
  /** Called once the frame has gone. */
  readonly closed: () => void;
}

/** So long, what was done stays to be seen. */
const DONE_MS = 700;

/** Phones, whose wallet is on the same device. */
export function isMobile(): boolean {
  return /Android|iPhone|iPad|iPod|DebugMobile/i.test(navigator.userAgent);
}

/**
 * Opens a request over the page, or as the page, and leads it to its end: `success` or `cancel` is
 * told once. Returns what closes it.
 */
export function openRequest(wish: FlowWish): () => void {
  const { origin, part, options, tell } = wish;
  const mode = options().mode ?? 'payment';
  const flow: Flow = { wish, keys: null, isEnded: false, timer: undefined };
  const frame = makeCodeFrame({
    origin,
    name: `${mode}-request-${part}-${isMobile() ? 'mobile' : 'desktop'}`,
    title: LABELS[mode],
    options: options(),
    heard: (event, args) => {
      if (event === 'intentSubmitted') void end(flow, 'success', close);
      else if (event === 'clientRejectedPayment' || event === 'clientRejectedLogin')
        void end(flow, 'cancel', close);
      else if (event === 'error') void tell('error', { message: String(args) });
      else if (event === 'navigate') openApp((args as { url?: unknown } | undefined)?.url);
    },
  });
  const { style } = document.documentElement;
  const overflow = style.overflow;
  let isOpen = true;
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    clearTimeout(flow.timer);
    style.overflow = overflow;
    frame.remove();
    wish.closed();
  };
  Object.assign(frame.node.style, {
    position: 'fixed',
    inset: '0',
    width: '100dvw',
    height: '100dvh',
    zIndex: '2147483647',
  });
  document.body.append(frame.node);
  // What is behind it is not to scroll with it.
  style.overflow = 'hidden';
  frame.node.focus();
  void begin(flow, frame, close);
  return close;
}

interface Flow {
  readonly wish: FlowWish;
  keys: IntentKeys | null;
  isEnded: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Asks the shop for its intent, and tells the frame which one it is. */
async function begin(flow: Flow, frame: CodeFrame, close: () => void): Promise<void> {
  const { options, tell } = flow.wish;
  try {
    await frame.emit('beforeInvoke');
    if (await tell('invoke', undefined)) {
      close();
      return;
    }
    flow.keys = await intentKeys(options());
    // The page and the frame are to speak of one intent, where nobody else has named it.
    await frame.emit('updatedClientSecret', { value: flow.keys.clientSecret });
    const { success, cancel } = targets(flow.keys.id, options());
    if (success !== null) await frame.emit('updatedSuccessUrl', { value: success });
    if (cancel !== null) await frame.emit('updatedCancelUrl', { value: cancel });
    await frame.emit('afterInvoke');
  } catch (error) {
    close();
    await tell('error', { message: error instanceof Error ? error.message : String(error) });
  }
}

function targets(intent: string, { confirmParams }: ElementOptions) {
  const target = (url: string | undefined) => confirmUrl(url, window.location.href, intent);
  return {
    success: target(confirmParams?.success?.url),
    cancel: target(confirmParams?.cancel?.url),
  };
}

async function end(flow: Flow, event: 'success' | 'cancel', close: () => void): Promise<void> {
  const { keys, wish } = flow;
  if (flow.isEnded) return;
  flow.isEnded = true;
  const intent = keys?.id ?? '';
  const options = structuredClone(wish.options());
  const url = targets(intent, options)[event];
  if (wish.part === 'modal') {
    if (event === 'cancel') close();
    else flow.timer = setTimeout(close, DONE_MS);
  }
  const isTaken = await wish.tell(event, { url: url ?? undefined, options, intent });
  const isWanted = options.confirmParams?.[event]?.url !== undefined;
  if (!isTaken && isWanted && url !== null) window.location.assign(url);
}

/** Leads to the app on this phone; a frame may not lead the page anywhere else. */
function openApp(url: unknown): void {
  if (typeof url === 'string' && url.startsWith('codewallet://')) window.location.assign(url);
}
