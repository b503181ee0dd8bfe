/**
 * The URLs of a list of hosts, as libpq writes it: `postgres://user@one:5432,two/tender` names a
 * database and its standby. A URL with one host is answered as it is. The parameter
 * `target_session_attrs`, which the driver does not know, is left out: of several hosts Tender
 * always takes one that can be written to.
 */
export function hostUrls(url: string): string[] {
  const begin = url.indexOf('://') + 3;
  const length = url.slice(begin).search(/[/?#]/);
  const end = length < 0 ? url.length : begin + length;
  const start = Math.max(begin, url.lastIndexOf('@', end) + 1);
  const names = url
    .slice(start, end)
    .split(',')
    .filter((name) => name !== '');
  if (names.length < 2) return [url];
  const [path = '', query = ''] = url.slice(end).split('?');
  const kept = query
    .split('&')
    .filter((parameter) => parameter !== '' && !parameter.startsWith('target_session_attrs='));
  const rest = kept.length === 0 ? path : `${path}?${kept.join('&')}`;
  return names.map((name) => `${url.slice(0, start)}${name}${rest}`);
}
