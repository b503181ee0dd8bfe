import { DEFAULT_KEY } from '../api/auth.js';
import { CommandFailure } from './failure.js';
import { connectionTo } from './wallet-connection.js';
import { servedUrl, walletPlace } from './wallet-file.js';

/** What every command that talks to a running server takes. */
export interface ServerOptions {
  /** The data folder whose server is asked, unless `url` names one. */
  readonly data?: string;
  /** Tender's origin. */
  readonly url?: string;
  /** A secret key. */
  readonly key?: string;
  readonly json?: boolean;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What a call may send: text, numbers, flags, and lists and hashes of those. */
export type Params = { readonly [name: string]: Param };
type Param = string | number | boolean | undefined | readonly Param[] | Params;

/** A merchant's account on a running server, through the dialects that the server speaks. */
export interface MerchantApi {
  /** The server's origin. */
  readonly url: string;
  /**
   * Calls a method of the Stripe dialect. Throws ApiRefusal where the server refuses, and
   * CommandFailure where it cannot be reached.
   */
  stripe<T>(method: Method, path: string, params?: Params): Promise<T>;
  /** Calls a method of the Dojo dialect; throws as `stripe` does. */
  dojo<T>(method: Method, path: string, body?: object): Promise<T>;
  /** Calls what the Code dialect takes as JSON; throws as `stripe` does. */
  code<T>(method: Method, path: string, body?: object): Promise<T>;
}

/** A refusal in the dialect's own words. */
export class ApiRefusal extends CommandFailure {
  readonly status: number;
  /** The error's code in the Stripe dialect; null where there is none. */
  readonly code: string | null;

  constructor(status: number, code: string | null, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const CALL_MS_MAX = 30_000;
const DOJO_VERSION = '2025-09-10';

/** The account that the options and the environment name; nothing is asked yet. */
export function openMerchantApi(
  options: ServerOptions,
  env: Readonly<Record<string, string | undefined>> = process.env,
): MerchantApi {
  const { data } = walletPlace(options, env);
  const named = options.url ?? servedUrl(data) ?? `http://127.0.0.1:${env.PORT || 4400}`;
  const url = originOf(named);
  const key = options.key || env.TENDER_SECRET_KEY || DEFAULT_KEY;
  const { fetch: trusting } = connectionTo(url, data);
  const ask = async (path: string, init: RequestInit): Promise<unknown> => {
    const signal = AbortSignal.timeout(CALL_MS_MAX);
    const response = await (trusting ?? fetch)(url + path, { ...init, signal }).catch(
      (error: unknown) => {
        throw new CommandFailure(
          `${url} cannot be reached: ${reasonOf(error)}. Start it: tender start`,
        );
      },
    );
    const text = await response.text();
    const body = parsed(text);
    if (response.ok) return body;
    throw refusal(response.status, body);
  };
  const json =
    (headers: Readonly<Record<string, string>>) =>
    async <T>(method: Method, path: string, body?: object): Promise<T> => {
      const type = { 'content-type': 'application/json' };
      const sent =
        body === undefined
          ? { headers }
          : { headers: { ...headers, ...type }, body: JSON.stringify(body) };
      return (await ask(path, { method, ...sent })) as T;
    };
  return {
    url,
    stripe: async <T>(method: Method, path: string, params: Params = {}) => {
      const form = encodeForm(params);
      const inQuery = method === 'GET' && form !== '';
      const headers = { authorization: `Bearer ${key}` };
      return (await ask(inQuery ? `${path}?${form}` : path, {
        method,
        headers:
          method === 'POST'
            ? { ...headers, 'content-type': 'application/x-www-form-urlencoded' }
            : headers,
        ...(method === 'POST' ? { body: form } : {}),
      })) as T;
    },
    dojo: json({ authorization: `Basic ${key}`, version: DOJO_VERSION }),
    code: json({ authorization: `Bearer ${key}` }),
  };
}

/** Parameters as the Stripe dialect takes them: `a[b][0]=c`; what is undefined is left out. */
export function encodeForm(params: Params): string {
  const pairs: string[] = [];
  const add = (name: string, value: Param): void => {
    if (value === undefined) return;
    if (typeof value !== 'object') {
      pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
      return;
    }
    for (const [inner, each] of Object.entries(value)) add(`${name}[${inner}]`, each);
  };
  for (const [name, value] of Object.entries(params)) add(name, value);
  return pairs.join('&');
}

function originOf(text: string): string {
  if (/^https?:/.test(text) && URL.canParse(text)) return new URL(text).origin;
  throw new CommandFailure(`--url has to be an origin such as http://127.0.0.1:4400, not ${text}.`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${CALL_MS_MAX / 1000} s`;
  const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException;
  return code === 'ECONNREFUSED' ? 'nothing listens there' : message;
}

/** What to do about a refusal, by its status. */
const HINTS: Readonly<Record<number, string>> = {
  401: 'Give a secret key by --key or TENDER_SECRET_KEY.',
  404: 'If it is another account’s, give its key by --key or TENDER_SECRET_KEY.',
};

/** A refusal of any dialect: Stripe's `error`, Dojo's problem, or Code's `error` that is a text. */
function refusal(status: number, body: unknown): ApiRefusal {
  const { error, detail, title } = (body ?? {}) as {
    error?: { message?: string; code?: string } | string;
    detail?: string;
    title?: string;
  };
  const { message, code } = typeof error === 'string' ? { message: error } : (error ?? {});
  const said = message ?? detail ?? title ?? `The server answered with status ${status}.`;
  const hint = HINTS[status];
  const text = hint === undefined ? said : `${said.replace(/\.$/, '')}. ${hint}`;
  return new ApiRefusal(status, code ?? null, text);
}
