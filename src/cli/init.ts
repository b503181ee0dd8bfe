import { randomBytes } from 'node:crypto';
import { welcomePath } from '../api/admin/welcome.js';
import { isEmail } from '../domain/mail.js';
import type { Engine } from '../engine/engine.js';
import { inviteOperator } from '../engine/operators.js';
import { CommandFailure, configuration } from './failure.js';
import { withStore } from './store-engine.js';

const SECRET_BYTES = 24;

/** `tender init`: prints a link by which an operator chooses his password, once, within a day. */
export async function init(options: { data?: string; email?: string }): Promise<void> {
  const { email, ...overrides } = options;
  if (email === undefined || !isEmail(email))
    throw new CommandFailure('Whose link is it? Add --email with an address: you@example.com.');
  const config = configuration(overrides);
  const { path, role } = await withStore(config, 'tender init', ({ engine }) =>
    invite(engine, email),
  );
  const scheme = config.tls === null ? 'http' : 'https';
  const origin = config.publicUrl ?? `${scheme}://127.0.0.1:${config.port}`;
  process.stdout.write(
    `Operator ${email}, ${role}\n\n  ${origin}${path}\n\n` +
      'The link works once, for a day: whoever has it chooses the password.\n' +
      'Next: tender start, then open the link.\n',
  );
}

/** Answers the link's path and the role: an admin's, where the address is not known yet. */
async function invite(engine: Engine, email: string): Promise<{ path: string; role: string }> {
  const secret = randomBytes(SECRET_BYTES).toString('hex');
  const invitation = { email, role: 'admin', merchants: null, secret } as const;
  const made = await engine.background(inviteOperator(invitation, 'tender init'));
  if ('failure' in made) throw new Error(`the operator could not be made: ${made.failure}`);
  return { path: welcomePath(made.id, secret), role: made.role };
}
