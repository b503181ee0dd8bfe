/** What passes between a frame and the page that it is in, as the published elements speak. */
export interface Channel {
  /** Whether there is a page around the frame. */
  readonly hasPage: boolean;
  emit(event: string, args?: unknown): void;
  /** Calls back with the arguments of such an event. */
  on(event: string, listener: (args: unknown) => void): void;
}

interface Envelope {
  readonly id: string;
  readonly type: 'event';
  readonly payload: { readonly event: string; readonly args?: unknown };
}

/**
 * Opens the channel of an id. The page's origin is not known, since frames are opened without a
 * referrer: nothing secret is said, and only the page itself is listened to.
 */
export function openChannel(id: string): Channel {
  const page = window.parent === window ? null : window.parent;
  const listeners = new Map<string, (args: unknown) => void>();
  window.addEventListener('message', ({ source, data }: MessageEvent<Partial<Envelope> | null>) => {
    if (page === null || source !== page) return;
    if (data?.type !== 'event' || data.id !== id || data.payload === undefined) return;
    listeners.get(data.payload.event)?.(data.payload.args);
  });
  return {
    hasPage: page !== null,
    emit: (event, args) => {
      const envelope: Envelope = { id, type: 'event', payload: { event, args } };
      page?.postMessage(envelope, '*');
    },
    on: (event, listener) => void listeners.set(event, listener),
  };
}
