import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { isFault, readConfig } from '../../src/config.js';
import { unknownVariables } from '../../src/variables.js';

/** The files of `deploy`: what this machine cannot run, it can at least read. */

const read = (path: string): string =>
  readFileSync(new URL(`../../deploy/${path}`, import.meta.url), 'utf8');

/** Every directive that the unit may have, by section: systemd ignores one that is misspelled. */
const DIRECTIVES: Readonly<Record<string, readonly string[]>> = {
  Unit: [
    ...['Description', 'Documentation', 'Wants', 'After'],
    ...['StartLimitIntervalSec', 'StartLimitBurst'],
  ],
  Service: [
    ...['Type', 'ExecStart', 'EnvironmentFile', 'Environment', 'WorkingDirectory', 'UMask'],
    ...['StateDirectory', 'StateDirectoryMode', 'DynamicUser', 'Restart', 'RestartSec'],
    ...['KillSignal', 'TimeoutStopSec', 'LimitNOFILE', 'NoNewPrivileges'],
    ...['CapabilityBoundingSet', 'AmbientCapabilities', 'ProtectSystem', 'ProtectHome'],
    ...['ProtectProc', 'ProtectClock', 'ProtectHostname', 'ProtectControlGroups'],
    ...['ProtectKernelLogs', 'ProtectKernelModules', 'ProtectKernelTunables'],
    ...['PrivateDevices', 'PrivateTmp', 'PrivateUsers', 'RemoveIPC', 'LockPersonality'],
    ...['RestrictNamespaces', 'RestrictRealtime', 'RestrictSUIDSGID'],
    ...['RestrictAddressFamilies', 'SystemCallArchitectures', 'SystemCallFilter'],
    'SystemCallErrorNumber',
  ],
  Install: ['WantedBy'],
};

const KEYS = { key: '5e'.repeat(32), live: `sk_live_${'a1'.repeat(12)}` };

describe('the systemd unit', () => {
  test('has known directives only, each in its section', () => {
    let section = '';
    const unknown: string[] = [];
    for (const line of read('systemd/tender.service').split('\n')) {
      if (line === '' || line.startsWith('#')) continue;
      const [, header] = /^\[(\w+)\]$/.exec(line) ?? [];
      if (header !== undefined) section = header;
      else if (!(DIRECTIVES[section] ?? []).includes(line.split('=')[0] ?? '')) unknown.push(line);
    }
    expect(unknown).toEqual([]);
  });

  test('starts with settings that are understood once the keys are filled in', () => {
    const text = read('systemd/tender.env.example');
    const env = { ...parseEnv(text), TENDER_KEY: KEYS.key, TENDER_API_KEYS: KEYS.live };
    const config = readConfig(env, {});
    if (isFault(config)) throw new Error(config.fault);
    expect(config.warnings).toEqual([]);
    expect(config).toMatchObject({ mode: 'live', host: '127.0.0.1', port: 4400 });
    const optional = [...text.matchAll(/^#(\w+)=/gm)].map(([, name = '']) => [name, 'x']);
    expect(optional.length).toBeGreaterThan(1);
    expect(unknownVariables(Object.fromEntries(optional))).toEqual([]);
  });

  test('is refused while the keys of the example are empty, in words that say which', () => {
    const fault = readConfig(parseEnv(read('systemd/tender.env.example')), {});
    expect(fault).toMatchObject({ fault: expect.stringContaining('needs TENDER_KEY') });
  });
});

interface Compose {
  readonly services: Readonly<
    Record<string, { environment: Record<string, string>; networks: string[]; depends_on?: object }>
  >;
  readonly networks: { front: { ipam: { config: { subnet: string }[] } } };
  readonly volumes: object;
}

describe('the compose file', () => {
  const text = read('compose/compose.yaml');
  const compose: Compose = parse(text, { strict: true });
  const asked = [...text.matchAll(/\$\{(\w+):\?[^}]+\}/g)].map(([, name = '']) => name);
  const filled: Readonly<Record<string, string>> = {
    TENDER_PUBLIC_URL: 'https://pay.example.com',
    TENDER_KEY: KEYS.key,
    TENDER_API_KEYS: KEYS.live,
    POSTGRES_PASSWORD: 'a1b2',
  };

  test('asks for what its example lists, and takes nothing unset', () => {
    expect([...new Set(asked)].sort()).toEqual(Object.keys(filled).sort());
    expect(Object.keys(parseEnv(read('compose/.env.example'))).sort()).toEqual(
      Object.keys(filled).sort(),
    );
    expect(text.match(/\$\{/g)).toHaveLength(asked.length);
  });

  test('gives Tender settings that are understood', () => {
    const given = Object.entries(compose.services.tender?.environment ?? {});
    const env = given.map(([name, value]) => [
      name,
      value.replace(/\$\{(\w+):\?[^}]+\}/g, (_, one: string) => filled[one] ?? ''),
    ]);
    const config = readConfig(Object.fromEntries(env), {});
    if (isFault(config)) throw new Error(config.fault);
    expect(config.warnings).toEqual([]);
    expect(config).toMatchObject({
      mode: 'live',
      database: { url: 'postgres://tender:a1b2@postgres:5432/tender', profile: 'postgres' },
      trustProxy: [compose.networks.front.ipam.config[0]?.subnet],
    });
  });

  test('keeps the database from the proxy, and names only what there is', () => {
    const { services } = compose;
    const networks = Object.keys(compose.networks);
    for (const { networks: used, depends_on = {} } of Object.values(services)) {
      expect(networks).toEqual(expect.arrayContaining(used));
      expect(Object.keys(services)).toEqual(expect.arrayContaining(Object.keys(depends_on)));
    }
    const shared = services.caddy?.networks.filter((one) =>
      services.postgres?.networks.includes(one),
    );
    expect(shared).toEqual([]);
    expect(Object.keys(compose.volumes)).toEqual(['postgres', 'certificates']);
  });
});

test('every variable of the Dockerfile and the Caddyfile means something to Tender', () => {
  const text = read('compose/Dockerfile') + read('Caddyfile');
  const names = [...text.matchAll(/\bTENDER_\w+/g)].map(([name]) => [name, 'x']);
  expect(names.length).toBeGreaterThan(1);
  expect(unknownVariables(Object.fromEntries(names))).toEqual([]);
});
