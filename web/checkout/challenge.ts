import { showChallenge } from '../../sdk/browser/challenge-dialog.js';
import type { App } from './app.js';

/** How often the server is asked, for a bank's page that says nothing itself. */
const POLL_MS = 3000;

/** Shows the bank's question in a dialog, and then what it came to. */
export async function openChallenge({ calls, speech, state, take }: App): Promise<void> {
  const { challenge } = state();
  if (challenge === null) return;
  const url = new URL(challenge.url, location.href).href;
  const isSettled = async (): Promise<boolean> => {
    const now = await calls.state();
    return now.kind === 'done' && now.value.status !== 'challenge';
  };
  await showChallenge(url, speech.language, isSettled, POLL_MS);
  const after = await calls.state();
  if (after.kind === 'done') take(after.value);
}
