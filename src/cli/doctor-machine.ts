import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '../config.js';
import { type Finding, failed, ok, warning } from './doctor-finding.js';

/** What package.json says, which bin/tender.js holds. */
const NODE_MIN = [20, 19] as const;

/** Node's version: it has to be one that Tender is tested on. */
export function checkNode(version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < NODE_MIN[0] || (major === NODE_MIN[0] && minor < NODE_MIN[1]);
  if (!isOld) return ok('Node.js', version);
  return failed('Node.js', version, `Install ${NODE_MIN.join('.')} or newer.`);
}

/** A write-ahead log grows to this size between two checkpoints under load, with room to spare. */
const FREE_BYTES_MIN = 100 * 1024 * 1024;
/** About a million payments with their events. */
const FREE_BYTES_LOW = 2 * 1024 * 1024 * 1024;

/** The data folder: whether it can be used, who else can read it, and how much room it has. */
export function checkFolder({ dataFolder, mode }: Config): Finding[] {
  const place = nearestFolder(dataFolder);
  try {
    accessSync(place, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const { message } = error as Error;
    return [failed('Data folder', `${place} cannot be used: ${message}`, 'Change its owner.')];
  }
  if (place !== dataFolder)
    return [ok('Data folder', `${dataFolder} is made at the first start`), checkDisk(place)];
  return [checkReaders(dataFolder), ...checkMode(dataFolder, mode), checkDisk(place)];
}

/** The folder itself, or the nearest one above it that is there. */
export function nearestFolder(folder: string): string {
  const above = dirname(folder);
  return existsSync(folder) || above === folder ? folder : nearestFolder(above);
}

function checkReaders(folder: string): Finding {
  const open = [folder, ...['tender.db', 'key'].map((name) => join(folder, name))].filter(
    (path) =>
      process.platform !== 'win32' && existsSync(path) && (statSync(path).mode & 0o077) !== 0,
  );
  if (open.length === 0) return ok('Data folder', folder);
  return warning(
    'Data folder',
    `${open.join(', ')} can be read by other users of this machine`,
    `chmod -R go= ${folder}`,
  );
}

function checkMode(folder: string, mode: Config['mode']): Finding[] {
  const file = join(folder, 'mode');
  const found = existsSync(file) ? readFileSync(file, 'utf8').trim() : mode;
  if (found === mode) return [];
  const text = `${folder} holds ${found} data, and TENDER_MODE is ${mode}`;
  return [failed('Mode', text, 'Choose another folder with --data, or the other mode.')];
}

function checkDisk(folder: string): Finding {
  const { bavail, bsize } = statfsSync(folder);
  const bytes = bavail * bsize;
  const text = `${sizeText(bytes)} free`;
  const advice = 'Free some, or move the data folder to a larger disk.';
  if (bytes < FREE_BYTES_MIN) return failed('Disk', text, advice);
  return bytes < FREE_BYTES_LOW ? warning('Disk', text, advice) : ok('Disk', text);
}

/** `3.2 GB`, in the units that `df -h` shows. */
function sizeText(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${(bytes / 1024 ** step).toFixed(step === 0 ? 0 : 1)} ${units[step]}`;
}
