/** An answer of the admin API. */
interface AdminAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the answer holds
  readonly body: any;
}

/** How a call is made: with a key, a cookie, an account, or headers of its own. */
interface CallOptions {
  readonly key?: string;
  readonly cookie?: string;
  readonly csrf?: string;
  readonly account?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls `/admin/v1/` of a server; a body makes a POST of it. */
export function adminCaller(url: () => string) {
  return async (
    path: string,
    options: CallOptions = {},
    body?: object,
    method = body === undefined ? 'GET' : 'POST',
  ): Promise<AdminAnswer> => {
    const { key, cookie, csrf, account } = options;
    const headers: Record<string, string> = {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(cookie === undefined ? {} : { cookie }),
      ...(csrf === undefined ? {} : { 'x-csrf': csrf }),
      ...(account === undefined ? {} : { 'x-account': account }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${url()}/admin/v1/${path}`, { method, headers, ...sent });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : text,
    };
  };
}
