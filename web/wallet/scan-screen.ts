import { element } from '../frames/elements.js';
import { type App, placeOf, type Screen } from './app.js';
import { type CameraFault, startCamera } from './camera.js';
import { readPicture } from './detector.js';
import { button, field, notice, paragraph } from './dom.js';
import { screenOf } from './shell.js';

const FAULTS: Readonly<Record<CameraFault, string>> = {
  denied: 'This page may not use the camera. Allow it in the browser’s settings for this site.',
  missing: 'No camera was found. Use a picture of the screen, or the link.',
  insecure: 'The camera needs HTTPS. Start Tender with --lan, or use a picture of the screen.',
};

/** Takes a code by camera, from a picture that is chosen, pasted or dropped, or as a link. */
export function scanScreen(app: App): Screen {
  const video = element('video', { playsinline: '', muted: '', 'aria-label': 'Camera' });
  const viewfinder = element('div', { class: 'viewfinder' }, video);
  const said = element('div', { class: 'trouble', role: 'alert' });
  let camera: { stop(): void } | null = null;
  let left = false;

  const open = (text: string): void => {
    if (!left) app.go(placeOf(text));
  };
  const look = async (file: Blob | null | undefined): Promise<void> => {
    if (!file) return;
    said.replaceChildren(paragraph('Looking for a code in the picture.', 'soft'));
    const text = await readPicture(file).catch(() => null);
    if (text !== null) open(text);
    else
      said.replaceChildren(
        notice('No code was found in that picture. Take one closer up.', 'attention'),
      );
  };
  void startCamera(video, open).then((started) => {
    if (typeof started === 'string') {
      viewfinder.classList.add('is-off');
      viewfinder.replaceChildren(paragraph(FAULTS[started]));
    } else if (left) started.stop();
    else camera = started;
  });

  const unlisten = listen(look, open);
  return screenOf(app, 'Scan', [viewfinder, said, pictureField(look), linkForm(open)], {
    look: 'scan',
    leave: () => {
      left = true;
      camera?.stop();
      unlisten();
    },
  });
}

/** Pictures and links that are pasted or dropped anywhere on the page. */
function listen(look: (file: Blob) => void, open: (text: string) => void): () => void {
  const take = (data: DataTransfer | null): boolean => {
    const picture = [...(data?.files ?? [])].find(({ type }) => type.startsWith('image/'));
    const text = data?.getData('text') ?? '';
    if (picture !== undefined) look(picture);
    else if (text.trim() !== '') open(text);
    else return false;
    return true;
  };
  const onPaste = (event: ClipboardEvent): void => {
    if (event.target instanceof HTMLInputElement) return;
    if (take(event.clipboardData)) event.preventDefault();
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    take(event.dataTransfer);
  };
  // Without this a dropped picture would take the page's place.
  const onDrag = (event: DragEvent): void => event.preventDefault();
  document.addEventListener('paste', onPaste);
  document.addEventListener('drop', onDrop);
  document.addEventListener('dragover', onDrag);
  return () => {
    document.removeEventListener('paste', onPaste);
    document.removeEventListener('drop', onDrop);
    document.removeEventListener('dragover', onDrag);
  };
}

function pictureField(look: (file: Blob | undefined) => Promise<void>): HTMLElement {
  const input = element('input', {
    type: 'file',
    accept: 'image/*',
    class: 'unseen',
    id: 'picture',
  });
  input.addEventListener('change', async () => {
    await look(input.files?.[0]);
    // The same picture may be chosen again.
    input.value = '';
  });
  const label = element('label', { class: 'button is-plain', for: 'picture' }, 'Choose a picture');
  return element('div', { class: 'picture' }, input, label);
}

function linkForm(open: (text: string) => void): HTMLElement {
  const link = field(
    'Link or address',
    element('input', {
      class: 'input is-code',
      autocomplete: 'off',
      autocapitalize: 'off',
      spellcheck: 'false',
      placeholder: 'https://…',
    }),
  );
  const submit = (): void => {
    const text = link.input.value.trim();
    link.fault(text === '' ? 'Paste a shop’s link, or an address.' : null);
    if (text !== '') open(text);
  };
  link.input.addEventListener('keydown', ({ key }) => key === 'Enter' && submit());
  return element('div', { class: 'link-form' }, link.node, button('Open', submit));
}
