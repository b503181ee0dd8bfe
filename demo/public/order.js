// Some payments take a while: look again until the state has changed.

const PAUSE_MS = 2000;
const shown = document.querySelector('[data-state]').dataset.state;

setInterval(async () => {
  const response = await fetch(`${location.pathname}/state`);
  const { state } = await response.json();
  if (state !== shown) location.reload();
}, PAUSE_MS);
