/** A dialog over the shop's page, which the page's own style does not reach. */
export interface Modal {
  readonly dialog: HTMLDialogElement;
  /** Shows it, with the focus on one of its elements. */
  open(first: HTMLElement): void;
  /** Takes it away; the focus goes back to where it was. */
  close(): void;
}

/** Makes a dialog, named by its element `title`. `canceled` is told of Escape. */
export function makeModal(style: string, language: string, canceled: () => void): Modal {
  const host = document.createElement('div');
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  // Not a style element: the page's policy may refuse those.
  root.adoptedStyleSheets = [sheet];
  const dialog = document.createElement('dialog');
  dialog.setAttribute('aria-labelledby', 'title');
  dialog.lang = language;
  root.append(dialog);
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    canceled();
  });
  const before = document.activeElement;
  return {
    dialog,
    open: (first) => {
      document.body.append(host);
      dialog.showModal();
      first.focus();
    },
    close: () => {
      host.remove();
      if (before instanceof HTMLElement) before.focus();
    },
  };
}
