import { element } from '../frames/elements.js';
import type { App, Screen } from './app.js';
import { iconButton } from './dom.js';

/**
 * A screen with a title and a way back; `actions` stay at its lower edge, where a thumb is.
 * @param back where the way back leads; null where there is none
 */
export function screenOf(
  app: Pick<App, 'go'>,
  title: string,
  content: readonly (Node | null)[],
  options: {
    readonly back?: string | null;
    readonly actions?: readonly (Node | null)[];
    readonly leave?: () => void;
    readonly look?: string;
  } = {},
): Screen {
  const { back = '/', actions = [], leave, look } = options;
  const heading = element('h1', { tabindex: '-1' }, title);
  const head = element(
    'header',
    { class: 'bar' },
    back === null ? null : iconButton('back', 'Back', () => app.go(back)),
    heading,
  );
  const foot = actions.filter((each) => each !== null);
  const node = element(
    'main',
    { class: look === undefined ? 'screen' : `screen is-${look}` },
    head,
    element('div', { class: 'content' }, ...content),
    foot.length === 0 ? null : element('div', { class: 'actions' }, ...foot),
  );
  return leave === undefined ? { title, node } : { title, node, leave };
}

/** What is shown while something is asked. */
export function waiting(app: Pick<App, 'go'>, text: string): Screen {
  const turning = element('div', { class: 'turning', 'aria-hidden': 'true' });
  return screenOf(app, text, [turning], { look: 'waiting' });
}
