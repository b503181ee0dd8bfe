import { escaped, message, policySource, shell } from './page-shell.js';

/**
 * Tells the page that embeds this one that there is something to look up; it is `ChallengeDone` of
 * the browser script's protocol. To whoever asks: it says nothing else. Opened by itself the page
 * has nobody to tell, and works without scripts.
 */
const REPORT =
  "if (parent !== self) parent.postMessage({ tender: 'challenge_done', version: 1 }, '*');";

/** `ChallengeEscape`: in a dialog, Escape is to close it from within this page too. */
const ESCAPE =
  "if (parent !== self) addEventListener('keydown', ({ key }) => key === 'Escape' && " +
  "parent.postMessage({ tender: 'challenge_escape', version: 1 }, '*'));";

/** The scripts that a policy has to allow, as `script-src` takes them. */
export const SCRIPT_SOURCES = [REPORT, ESCAPE].map(policySource).join(' ');

/** The simulated bank's question; two buttons answer it. */
export function challengePage(amount: string, version: string): string {
  return shell(
    'Confirm your payment',
    `<h1>Your bank asks: is this you?</h1>
<p class="amount">${escaped(amount)}</p>
<p>A real bank would ask for a code or a fingerprint. This one takes your word.</p>
<form method="post">
<button class="main" name="answer" value="complete">Complete authentication</button>
<button name="answer" value="fail">Fail authentication</button>
</form>
<small>3-D Secure ${escaped(version)}, simulated. No bank is asked and no money moves.</small>
<script>${ESCAPE}</script>`,
  );
}

/** One thing to say where the question is answered: what embeds the page learns of it. */
export function closingPage(title: string, text: string): string {
  return shell(title, `${message(title, text)}<script>${REPORT}</script>`);
}
