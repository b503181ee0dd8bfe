/** Text as HTML shows it. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const STYLE = `
:root { color-scheme: light dark; --ink: #14201b; --paper: #fbfaf6; --accent: #1f7a55;
  --line: color-mix(in srgb, var(--ink) 18%, transparent); --soft: #4a5650; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ece9; --paper: #101513; --accent: #4cc38a; --soft: #a9b3ae; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 16px;
  background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 400px; border: 1px solid var(--line); border-radius: 8px;
  padding: 24px; }
h1 { font-size: 20px; line-height: 1.3; margin: 0 0 8px; }
p { margin: 0 0 16px; color: var(--soft); }
.amount { font-size: 28px; color: var(--ink); font-variant-numeric: tabular-nums; }
form { display: grid; gap: 8px; }
button { min-height: 44px; border-radius: 6px; font: inherit; cursor: pointer; padding: 8px 16px;
  border: 1px solid var(--line); background: transparent; color: inherit; }
button[value=complete] { background: var(--accent); border-color: var(--accent);
  color: var(--paper); }
button:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
small { display: block; margin-top: 16px; font-size: 12px; color: var(--soft); }
`;

function shell(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body><main>${content}</main></body>
</html>
`;
}

/** The simulated bank's question; two buttons answer it. */
export function challengePage(amount: string, version: string): string {
  return shell(
    'Confirm your payment',
    `<h1>Your bank asks: is this you?</h1>
<p class="amount">${escaped(amount)}</p>
<p>A real bank would ask for a code or a fingerprint. This one takes your word.</p>
<form method="post">
<button name="answer" value="complete">Complete authentication</button>
<button name="answer" value="fail">Fail authentication</button>
</form>
<small>3-D Secure ${escaped(version)}, simulated. No bank is asked and no money moves.</small>`,
  );
}

/** One thing to say, and nothing to do. */
export function messagePage(title: string, text: string): string {
  return shell(title, `<h1>${escaped(title)}</h1><p>${escaped(text)}</p>`);
}
