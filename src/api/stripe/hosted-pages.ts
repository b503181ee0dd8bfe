import { escaped, shell } from '../page-shell.js';

/** A line of what a page lists; `id` is set as something to be copied. */
export interface Line {
  readonly name: string;
  readonly value: string;
  readonly isId?: boolean;
}

function list(lines: readonly Line[]): string {
  const rows = lines.map(
    ({ name, value, isId }) =>
      `<dt>${escaped(name)}</dt><dd${isId ? ' class="id"' : ''}>${escaped(value)}</dd>`,
  );
  return `<dl>${rows.join('\n')}</dl>`;
}

/** Asks the holder of an account for the deposits; `fault` says what was wrong with an answer. */
export function depositsPage(account: string, arrival: string, fault: string | null): string {
  const mark = fault === null ? '' : ' aria-invalid="true" aria-describedby="fault"';
  return shell(
    fault === null ? 'Confirm your bank account' : 'Not confirmed yet',
    `<h1>Confirm your bank account</h1>
<p>Two small deposits go to ${escaped(account)}. They arrive by ${escaped(arrival)}. Your statement
shows a code beside them, which begins with SM.</p>
${fault === null ? '' : `<p class="fault" id="fault" role="alert">${escaped(fault)}</p>`}
<form method="post">
<label>Code
<input name="code" required maxlength="6" autocomplete="off" autocapitalize="characters"${mark}>
</label>
<button class="main">Confirm with the code</button>
</form>
<form method="post">
<label>First deposit, in cents
<input name="first" required maxlength="5" inputmode="numeric" autocomplete="off"${mark}></label>
<label>Second deposit, in cents
<input name="second" required maxlength="5" inputmode="numeric" autocomplete="off"${mark}></label>
<button>Confirm with the deposits</button>
</form>
<small>A sandbox sends nothing: the code is SM11AA, the deposits are 32 and 45.</small>`,
  );
}

/** Tells how to pay by bank transfer; `arrived` is what has come of it, null for nothing. */
export function instructionsPage(
  remaining: string,
  arrived: string | null,
  lines: readonly Line[],
  isCovered: boolean,
): string {
  const part = arrived === null ? '' : `<p>${escaped(arrived)} has arrived. This is the rest.</p>`;
  const offer = isCovered
    ? '<p role="status">The money has arrived. The shop will apply it to your order.</p>'
    : '<form method="post">' +
      '<button class="main">Pretend that the transfer has arrived</button></form>';
  return shell(
    'Pay by bank transfer',
    `<h1>Pay by bank transfer</h1>
<p class="amount">${escaped(remaining)}</p>
${part}
<p>Send it from your bank. Name the reference, so that it is found to be yours.</p>
${list(lines)}
${offer}
<small>A sandbox’s account: no bank has it. Send no money there.</small>`,
  );
}

/** Shows what a customer has agreed to. */
export function mandatePage(terms: string, lines: readonly Line[]): string {
  return shell(
    'Your mandate',
    `<h1>Your mandate</h1>
<p>${escaped(terms)}</p>
${list(lines)}
<small>A sandbox’s mandate: nobody collects money by it.</small>`,
  );
}
