/**
 * Whether somebody is at work in a node, or in a dialog over it: what has the focus is not taken
 * from under their hands. A heading has it only because the place was just opened.
 */
export function isInUse(node: Element): boolean {
  const focused = document.activeElement;
  if (document.querySelector('dialog') !== null) return true;
  return focused !== null && node.contains(focused) && !focused.matches('h1');
}

/** Puts other content into a node; a heading that had the focus hands it on to the new one. */
export function redraw(node: Element, ...content: readonly (Node | string)[]): void {
  const hadFocus = node.querySelector('h1:focus') !== null;
  node.replaceChildren(...content);
  if (hadFocus) node.querySelector('h1')?.focus({ preventScroll: true });
}
