import { createServer } from 'node:net';
import type { Config } from '../config.js';
import { mailFault } from '../mail.js';
import { type Finding, failed, ok, warning } from './doctor-finding.js';
import { isTenderAt, serverOn } from './running-server.js';

const PUBLIC_MS_MAX = 5_000;

/** The port, the address that the world knows, and the mail server. */
export async function checkNetwork(config: Config): Promise<Finding[]> {
  const served = await serverOn(config.dataFolder);
  return [
    await checkPort(config, served),
    await checkPublicUrl(config, served !== null),
    await checkMail(config),
  ];
}

/** The port is our server's, or free. */
async function checkPort(config: Config, served: string | null): Promise<Finding> {
  const { host, port, tls, dataFolder } = config;
  if (served !== null) return ok('Server', `runs at ${served}`);
  if (port === 0) return ok('Server', 'does not run; any free port will do');
  const code = await listenFault(host, port);
  if (code === null) return ok('Server', `does not run; port ${port} of ${host} is free`);
  if (code !== 'EADDRINUSE')
    return failed('Server', `cannot listen on ${host}, port ${port}: ${code}`, 'Choose --host.');
  const near = `${tls === null ? 'http' : 'https'}://127.0.0.1:${port}`;
  if (await isTenderAt(near, dataFolder))
    return config.database === null
      ? warning(
          'Server',
          `another Tender has port ${port}, with other data`,
          'Name its folder with --data, or choose another PORT.',
        )
      : ok('Server', `runs at ${near}`);
  return failed('Server', `another program has port ${port}`, 'Choose another: --port or PORT.');
}

/** The code of why a port cannot be listened on; null where it can. */
function listenFault(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? 'unknown'));
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
}

/** Links in e-mails, pages and redirects lead there. */
async function checkPublicUrl({ publicUrl, mode }: Config, isRunning: boolean): Promise<Finding> {
  const check = 'Public URL';
  if (publicUrl === null)
    return mode === 'live'
      ? warning(check, 'links lead to the bound address', 'Set TENDER_PUBLIC_URL.')
      : ok(check, 'links lead to the bound address');
  const fault = await reachFault(publicUrl);
  if (fault === null) return ok(check, `${publicUrl} leads to a Tender`);
  const text = `${publicUrl}: ${fault}`;
  if (!isRunning) return warning(check, text, 'Start Tender, and look again.');
  return failed(check, text, 'Check the proxy and the name’s address.');
}

/** Why no Tender answers at an address; null where one does. */
async function reachFault(url: string): Promise<string | null> {
  try {
    const signal = AbortSignal.timeout(PUBLIC_MS_MAX);
    const response = await fetch(`${url}/healthz`, { signal, redirect: 'manual' });
    const text = await response.text();
    return response.ok && text.includes('"ok"')
      ? null
      : `status ${response.status}, not from a Tender`;
  } catch (error) {
    const { name, message, cause } = error as Error;
    if (name === 'TimeoutError') return `no answer within ${PUBLIC_MS_MAX / 1000} s`;
    return cause instanceof Error ? cause.message : message;
  }
}

async function checkMail({ mail, mode, limits }: Config): Promise<Finding> {
  if (mail === null)
    return mode === 'live'
      ? warning('Mail', 'letters do not leave', 'Set TENDER_SMTP_URL and TENDER_MAIL_FROM.')
      : ok('Mail', 'letters stay in the mailbox of the sandbox');
  const fault = await mailFault(mail, limits.mail);
  const place = `${mail.host}, port ${mail.port}`;
  if (fault === null) return ok('Mail', `${place} takes letters`);
  return failed('Mail', `${place}: ${fault}`, 'Check TENDER_SMTP_URL.');
}
