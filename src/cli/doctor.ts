import { type ConfigOverrides, isFault, readConfig } from '../config.js';
import { DataFolderFault } from '../data-folder.js';
import { checkDatabase } from './doctor-database.js';
import { type Finding, failed, ok, warning } from './doctor-finding.js';
import { checkFolder, checkNode } from './doctor-machine.js';
import { checkNetwork } from './doctor-network.js';
import { columns, makePaint, type Paint, wantsColors } from './terminal.js';

/** What `tender doctor` takes. */
export interface DoctorOptions extends Pick<ConfigOverrides, 'data' | 'port' | 'host'> {
  readonly json?: boolean;
}

/** `tender doctor`: looks at all that a server needs. Exit code 1 where something has failed. */
export async function doctor({ json, ...overrides }: DoctorOptions): Promise<void> {
  const findings = await examine(overrides);
  const count = (state: Finding['state']): number =>
    findings.filter((finding) => finding.state === state).length;
  if (json === true) for (const finding of findings) print(JSON.stringify(finding));
  else {
    const paint = makePaint(wantsColors(process.stdout, process.env));
    for (const line of reportLines(findings, paint)) print(line);
    print('');
    print(verdict(count('failed'), count('warning'), paint));
  }
  if (count('failed') > 0) process.exitCode = 1;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Every check; nothing is made or changed, and none of them throws for what it finds. */
export async function examine(
  overrides: ConfigOverrides,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Finding[]> {
  const config = readConfig(env, overrides);
  if (isFault(config))
    return [checkNode(), failed('Configuration', config.fault, 'Nothing else can be checked.')];
  const odd = config.warnings.map((text) => warning('Configuration', text, 'Mend that setting.'));
  const folder = checkFolder(config);
  return [
    checkNode(),
    ...(odd.length === 0 ? [ok('Configuration', `${config.mode}, understood`)] : odd),
    ...folder,
    ...(await checkDatabase(config).catch(folderFinding)),
    ...(await checkNetwork(config)),
  ];
}

/** A key file that is damaged or open to others is the operator's to mend. */
function folderFinding(error: unknown): Finding[] {
  if (error instanceof DataFolderFault) return [failed('Key', error.message, 'Mend that file.')];
  throw error;
}

const SHAPES = { ok: '●', warning: '◐', failed: '▲' } as const;

/** A line for each finding, and below it what to do. */
function reportLines(findings: readonly Finding[], { accent, failure, quiet }: Paint): string[] {
  const tones = { ok: accent, warning: (text: string) => text, failed: failure };
  const rows = findings.flatMap(({ check, state, text, advice }) => [
    [tones[state](`${SHAPES[state]} ${state}`), check, text],
    ...(advice === null ? [] : [['', '', quiet(`→ ${advice}`)]]),
  ]);
  return columns(rows);
}

function verdict(failures: number, warnings: number, { accent, failure }: Paint): string {
  const warned = `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`;
  if (failures > 0)
    return `${failure('▲')} ${failures} failed, ${warned}. Next: mend what failed, and look again.`;
  if (warnings > 0) return `● Nothing failed, ${warned}. Next: tender start, unless it runs`;
  return `${accent('●')} All is well. Next: tender start, unless it runs`;
}
