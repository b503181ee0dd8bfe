import type { HttpReply } from '../http.js';

/**
 * What lets pages of any origin read an answer. The dialect has no cookies: what a page may do with
 * it, anybody may.
 */
export function corsHeaders(): Record<string, string> {
  return { 'access-control-allow-origin': '*' };
}

/** The answer to a browser that asks first; a day is as long as any of them remembers it. */
export function preflight(methods: string, headers: string): HttpReply {
  return {
    status: 204,
    headers: {
      ...corsHeaders(),
      'access-control-allow-methods': methods,
      'access-control-allow-headers': headers,
      'access-control-max-age': '86400',
    },
    body: '',
  };
}
