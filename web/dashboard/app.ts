import type { Session } from '../../src/api/admin/schema.js';
import type { Calls } from './calls.js';

/** What a place of the dashboard shows. */
export interface View {
  readonly title: string;
  readonly node: HTMLElement;
  /** What single keys do while it is shown, by `KeyboardEvent.key`. */
  readonly keys?: Readonly<Record<string, () => void>>;
  /** Called when another takes its place. */
  leave?(): void;
  /** Draws on what has changed on the server; called now and then. */
  refresh?(): Promise<void>;
}

/** What all places share. */
export interface App {
  readonly session: Session;
  readonly calls: Calls;
  /** Goes to a path below `/dashboard`, with its query. */
  go(path: string): void;
  /** Puts another query into the address, without a step of history. */
  setQuery(query: string): void;
  /** Loads the place that is shown anew. */
  reload(): void;
  /** Tells what has happened, on the screen and to screen readers. */
  say(text: string): void;
}

/** Makes the view of a path; what the path names is in `params`. */
export type Place = (
  app: App,
  params: readonly string[],
  query: URLSearchParams,
) => View | Promise<View>;

/** The address of a path below the dashboard's own. */
export function addressOf(path: string): string {
  return `/dashboard${path === '/' ? '' : path}`;
}

/** Whether somebody who is signed in may do what `role` may. */
export function may({ operator }: Session, role: 'operator' | 'admin'): boolean {
  if (operator === null || operator.role === 'admin') return true;
  return role === 'operator' && operator.role === 'operator';
}

/** Does something and tells how it went; then everything is asked for anew. */
export async function change(app: App, doing: () => Promise<object>, done: string): Promise<void> {
  try {
    await doing();
    app.say(done);
    app.reload();
  } catch (error) {
    app.say((error as Error).message);
  }
}
