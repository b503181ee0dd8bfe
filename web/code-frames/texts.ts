import type { ElementOptions } from '../../sdk/code/browser/element-options.js';
import type { FrameAddress } from './address.js';
import type { Stage } from './session.js';

/** What a request says of itself. */
export interface Heading {
  /** What is asked: "Pay", "Log in". */
  readonly what: string;
  /** The sum, the domain, the name: what it is about. */
  readonly subject: string;
  /** To whom. */
  readonly detail: string | null;
}

/** A heading for options, from what they say: nothing here is proven before a wallet has looked. */
export function headingOf(mode: FrameAddress['mode'], options: ElementOptions): Heading {
  if (mode === 'tip') {
    const name = options.platform?.username ?? '';
    return { what: 'Tip', subject: `@${name}`, detail: 'You choose the amount in your wallet.' };
  }
  const domain = options.login?.domain ?? null;
  if (mode === 'login')
    return { what: 'Log in', subject: domain ?? '', detail: 'Your wallet confirms who you are.' };
  const subject = amountText(options.amount ?? 0, options.currency ?? '', options.locale);
  const to = domain ?? shortAddress(options.destination ?? '');
  return { what: 'Pay', subject, detail: to === '' ? null : `to ${to}` };
}

/** An amount as its reader writes it; one of kin has no sign of its own. */
export function amountText(amount: number, currency: string, locale = 'en'): string {
  const code = currency.toUpperCase();
  const digits = { minimumFractionDigits: 0, maximumFractionDigits: 2 };
  try {
    if (code === 'KIN') return `${new Intl.NumberFormat(locale, digits).format(amount)} Kin`;
    const money = { style: 'currency', currency: code } as const;
    const format = new Intl.NumberFormat(locale, money);
    // A currency without cents may still be asked for with some: they are not hidden.
    if ((format.resolvedOptions().maximumFractionDigits ?? 0) >= 2 || amount % 1 === 0)
      return format.format(amount);
    return new Intl.NumberFormat(locale, { ...money, maximumFractionDigits: 2 }).format(amount);
  } catch {
    return `${amount} ${code}`;
  }
}

/** As the wallet shortens it, so that a person can compare the two screens. */
function shortAddress(address: string): string {
  return address.length > 12 ? `${address.slice(0, 4)}…${address.slice(-4)}` : address;
}

/** A stage as a word and a shape, and what to do. */
export interface StageText {
  readonly shape: string;
  readonly word: string;
  readonly hint: string;
}

const DONE = { payment: 'Paid', login: 'Logged in', tip: 'Sent' } as const;

/** What is said at a stage; `device` is what the reader holds. */
export function stageText(
  stage: Stage,
  mode: FrameAddress['mode'],
  device: FrameAddress['device'],
): StageText {
  switch (stage.name) {
    case 'opening':
      return { shape: '◌', word: 'Preparing', hint: 'One moment.' };
    case 'waiting': {
      const scan = 'Scan it with your wallet or any camera.';
      const open = 'Open your wallet to confirm.';
      const hint = device === 'mobile' ? open : scan;
      // A tip says nothing here: what the reader waits for is not this page.
      const word = mode === 'tip' ? 'Ready' : 'Waiting for your wallet';
      return { shape: '○', word, hint };
    }
    case 'scanned':
      return { shape: '◐', word: 'Scanned', hint: 'Confirm in your wallet.' };
    case 'submitted':
      return { shape: '●', word: DONE[mode], hint: 'You can put your wallet away.' };
    case 'rejected':
      return {
        shape: '✕',
        word: 'Declined in the wallet',
        hint: mode === 'login' ? 'You are not logged in.' : 'Nothing was paid.',
      };
    case 'refused':
      return { shape: '▲', word: 'This request cannot be opened', hint: sentence(stage.text) };
  }
}

/** A server's text as a sentence. */
function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
