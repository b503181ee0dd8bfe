import type { HttpReply } from '../../http.js';
import { pageHeaders, policySource, shell } from '../../page-shell.js';
import type { View } from '../request.js';
import { unsignedToken } from './outcome.js';

/**
 * Where a bank would look at the browser before it decides whether to ask. The page says that this
 * is done, in Cardinal Commerce's words, and looks at nothing.
 */
export function deviceData(): { answer: (view: View) => object } {
  return {
    answer: ({ publicUrl }) => ({
      formAction: `${publicUrl}/api/device-collection`,
      token: unsignedToken({ simulated: true }),
    }),
  };
}

const REPORT =
  'const told = { MessageType: "profile.completed", Status: true };' +
  'if (parent !== self) parent.postMessage(JSON.stringify(told), "*");';

const HEADERS = pageHeaders(`script-src ${policySource(REPORT)}; form-action 'none'`);

/** The page that the form of `deviceData` leads to, in a frame that nobody sees. */
export function collectionPage(): HttpReply {
  const body = shell('Device data', `<p>Nothing is collected.</p><script>${REPORT}</script>`);
  return { status: 200, headers: HEADERS, body };
}
