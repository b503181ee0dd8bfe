import { element } from '../frames/elements.js';
import { icon } from './dom.js';
import { SWIPE_START, type SwipeEvent, type SwipeState, swiped } from './swipe-state.js';

/** A slider that confirms. */
export interface Swipe {
  readonly node: HTMLElement;
  /** What it does was done in vain: it can be slid again. */
  reset(): void;
}

const HINT = 'Slide it, hold the right arrow key, or press it twice.';

/** A second press counts for so long. */
const ARMED_MS = 5_000;

/** A finger trembles by so much when it only taps. */
const TAP_PIXELS_MAX = 6;

/**
 * Makes a slider: slid with a finger or a mouse, moved by arrow keys, or pressed twice, which is
 * how a screen reader does it. One press alone only asks for the second.
 * @param label what sliding does: `pay $5.00`
 * @param say speaks to screen readers
 */
export function swipe(label: string, confirm: () => void, say: (text: string) => void): Swipe {
  const words = element(
    'span',
    { class: 'swipe-words', 'aria-hidden': 'true' },
    `Slide to ${label}`,
  );
  const thumb = element(
    'button',
    { type: 'button', class: 'swipe-thumb', 'aria-label': `Slide to ${label}`, title: HINT },
    icon('forward'),
  );
  const node = element('div', { class: 'swipe' }, words, thumb);
  let state: SwipeState = SWIPE_START;
  let calming: ReturnType<typeof setTimeout> | undefined;

  const take = (event: SwipeEvent): void => {
    const before = state;
    state = swiped(state, event);
    node.style.setProperty('--at', String(state.position));
    node.classList.toggle('is-done', state.isDone);
    thumb.disabled = state.isDone;
    words.textContent = state.isArmed ? `Press again to ${label}` : `Slide to ${label}`;
    if (state.isArmed && !before.isArmed) {
      say(`Press again to ${label}.`);
      clearTimeout(calming);
      calming = setTimeout(() => take({ kind: 'calm' }), ARMED_MS);
    }
    if (state.isDone && !before.isDone) confirm();
  };

  listen(node, thumb, take);
  return {
    node,
    reset: () => {
      state = SWIPE_START;
      take({ kind: 'calm' });
    },
  };
}

function listen(track: HTMLElement, thumb: HTMLElement, take: (event: SwipeEvent) => void): void {
  let startX: number | null = null;
  let isSlide = false;
  thumb.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    startX = event.clientX;
    isSlide = false;
    thumb.setPointerCapture(event.pointerId);
    track.classList.add('is-held');
  });
  thumb.addEventListener('pointermove', ({ clientX }) => {
    if (startX === null) return;
    const moved = clientX - startX;
    isSlide ||= Math.abs(moved) > TAP_PIXELS_MAX;
    if (isSlide) take({ kind: 'move', position: moved / (track.clientWidth - thumb.clientWidth) });
  });
  const end = (event: SwipeEvent) => () => {
    if (startX === null) return;
    startX = null;
    track.classList.remove('is-held');
    if (isSlide) take(event);
  };
  thumb.addEventListener('pointerup', end({ kind: 'release' }));
  // Taken away by the system, by a call for instance: that is no letting go.
  thumb.addEventListener('pointercancel', end({ kind: 'move', position: 0 }));
  thumb.addEventListener('click', () => {
    if (!isSlide) take({ kind: 'press' });
    isSlide = false;
  });
  thumb.addEventListener('keydown', ({ key }) => {
    if (key === 'ArrowRight' || key === 'ArrowUp') take({ kind: 'step', direction: 1 });
    if (key === 'ArrowLeft' || key === 'ArrowDown') take({ kind: 'step', direction: -1 });
  });
  thumb.addEventListener('blur', () => take({ kind: 'move', position: 0 }));
}
