import { adminMounts } from './api/admin/admin.js';
import { describeAdmin } from './api/admin/description.js';
import type { Keyring } from './api/auth.js';
import { checkoutMounts } from './api/checkout/checkout.js';
import { describeCode } from './api/code/description.js';
import { type CodeDialect, codeDialect } from './api/code/dialect.js';
import type { CodeInput } from './api/code/settings.js';
import { codeWords } from './api/code/words.js';
import { dashboardMounts } from './api/dashboard.js';
import { docsMounts } from './api/docs/docs.js';
import { dojoCheckout } from './api/dojo/checkout-terms.js';
import { describeDojo } from './api/dojo/description.js';
import { dojoDialect } from './api/dojo/dialect.js';
import { dojoEvents } from './api/dojo/events.js';
import { makeSessionTokens } from './api/dojo/session-token.js';
import { dojoWords } from './api/dojo/words.js';
import type { Mount } from './api/http.js';
import type { ApiDescription } from './api/openapi.js';
import { stripeCheckout } from './api/stripe/checkout-terms.js';
import { describeStripe } from './api/stripe/description.js';
import { stripeDialect, stripeEvents } from './api/stripe/dialect.js';
import { stripeWords } from './api/stripe/words.js';
import type { Engine } from './engine/engine.js';
import type { EventTeller } from './engine/events.js';
import type { Keys } from './engine/keys.js';
import { urlFault } from './engine/sender.js';
import type { Mailer } from './mail.js';

/** What the dialects are built from. */
export interface DialectDependencies {
  readonly mode: 'sandbox' | 'live';
  readonly engine: Engine;
  readonly keyring: Keyring;
  readonly keys: Keys;
  readonly mailer: Pick<Mailer, 'sends'>;
  readonly addresses: CodeInput['addresses'];
  /** A sandbox that only this machine reaches, and any key opens: nobody signs in to it. */
  readonly isOpen: boolean;
  /** Whether other processes write to the same database. */
  readonly isShared: boolean;
  /** Where links point to, without a final slash; known once the server listens. */
  readonly publicUrl: () => string;
  /** Wall time, Unix ms. */
  readonly nowMs: () => number;
  readonly logError: (error: unknown, what: string) => void;
  readonly code: Pick<
    CodeInput,
    'settings' | 'limits' | 'defaultMerchant' | 'settlement' | 'called' | 'watchSender'
  >;
}

/** Every dialect, and the checkout that they share. */
export interface Dialects {
  readonly mounts: readonly Mount[];
  /** Which of them a mount belongs to, for the metrics. */
  readonly names: ReadonlyMap<Mount, string>;
  readonly code: CodeDialect;
}

/** How facts are told, by each dialect that tells them; the engine is made with it. */
export function makeTellers(
  deps: Pick<DialectDependencies, 'mode' | 'publicUrl'>,
): readonly EventTeller[] {
  const livemode = deps.mode === 'live';
  return [stripeEvents({ publicUrl: deps.publicUrl, livemode }), dojoEvents({ livemode })];
}

/** What each dialect tells of itself: for the reference, and the routes of metrics. */
export function describeApis(): readonly ApiDescription[] {
  return [describeStripe(), describeDojo(), describeCode(), describeAdmin()];
}

/** Builds the dialects over an engine. */
export function makeDialects(deps: DialectDependencies): Dialects {
  const { keys, mailer, addresses } = deps;
  const receives = (url: string): string | null => urlFault(url, addresses);
  const common = { ...deps, digest: keys.digest, urlFault: receives };
  const stripe = stripeDialect(common);
  const tokens = makeSessionTokens(keys.seed('session-tokens'));
  const dojo = dojoDialect({ ...common, tokens });
  const code = codeDialect({
    ...deps,
    ...deps.code,
    sequencerSeed: keys.seed('sequencer'),
    intentCodesSeed: keys.seed('intent-codes'),
  });
  const checkout = checkoutMounts({
    ...deps,
    tellers: [dojoCheckout, stripeCheckout],
    offerCode: code.offerIntent,
    sendsMail: mailer.sends,
  });
  const adminApi = adminMounts({
    ...deps,
    digest: keys.digest,
    firstAccount: deps.code.defaultMerchant,
    words: { stripe: stripeWords, dojo: dojoWords(deps.mode === 'live'), code: codeWords },
  });
  const admin = [...adminApi, ...dashboardMounts()];
  const docs = docsMounts({ describe: describeApis, publicUrl: deps.publicUrl });
  const named = {
    stripe: stripe.mounts,
    code: code.mounts,
    dojo: dojo.mounts,
    checkout,
    docs,
    admin,
  };
  const names = Object.entries(named).flatMap(([name, mounts]) =>
    mounts.map((mount) => [mount, name] as const),
  );
  return { mounts: names.map(([mount]) => mount), names: new Map(names), code };
}
