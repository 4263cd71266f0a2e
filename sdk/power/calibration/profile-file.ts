import { dirname } from 'node:path';
import * as v from 'valibot';
import { DeviceError } from '../../core/errors.ts';
import { nodeFs } from '../../core/node-fs.ts';
import { parseOptions } from '../../core/options.ts';
import { applicable, type Applicable } from './applicable.ts';
import { profileSchema } from './profile.ts';
import type { BoardProfile, ProfiledModels } from './profile.ts';

const MAX_BYTES = 1 << 20;

/** What of a stored profile can be used, and why not the rest; neither when there simply is no file yet. */
export type LoadedProfile = Applicable;

/**
 * Reads the profile of a board. A broken file, one of another board or machine, and latencies of another Node or, as far as `models` tells, of another
 * kernel or model file are ignored, and `problem` says so. Never throws.
 */
export function loadProfile(path: string, board: string, models: ProfiledModels = {}): LoadedProfile {
  const problemOf = (why: string): string => `${path}: ${why}, calibrate again to replace it`;
  const ignored = (why: string): LoadedProfile => ({ problem: problemOf(`${why}; it is ignored`) });
  let text: string;
  try {
    const stat = nodeFs.statSync(path);
    if (!stat.isFile()) return ignored('it is no regular file');
    const { size } = stat;
    if (size > MAX_BYTES) return ignored(`${size} bytes, allowed are ${MAX_BYTES}`);
    text = nodeFs.readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? {} : ignored(`it cannot be read (${code ?? 'unknown error'})`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return ignored('it is no JSON');
  }
  const result = v.safeParse(profileSchema, value);
  if (!result.success) return ignored(`${v.getDotPath(result.issues[0]) ?? 'profile'}: ${result.issues[0].message}`);
  const found = applicable(result.output, board, models);
  return found.problem === undefined ? found : { ...found, problem: problemOf(found.problem) };
}

/** More than a profile has. */
const CHECKED_BYTES = 65_536;

/** Writes what is to become the file `path` beside it. */
function writeDraft(path: string, text: string, draft: string): void {
  const stat = nodeFs.statSync(path, { throwIfNoEntry: false });
  // A device would be replaced by a file.
  if (stat?.isFile() === false) throw new Error('it is no regular file');
  const file = nodeFs.openSync(draft, 'w', 0o600);
  try {
    nodeFs.writeFileSync(file, text);
    nodeFs.fsyncSync(file);
  } finally {
    nodeFs.closeSync(file);
  }
}

function removeDraft(draft: string): void {
  try {
    nodeFs.rmSync(draft, { force: true });
  } catch {
    // The next save writes it anew.
  }
}

function notStored(path: string, cause: unknown): DeviceError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new DeviceError('storage', `${path}: the board profile cannot be stored (${code ?? message}); check the folder, its permissions and the space left`, { cause });
}

/** Tells before a calibration whether there is a folder with permission and space for its profile. @throws DeviceError `storage` */
export function checkStorable(path: string): void {
  const draft = `${path}.check`;
  try {
    writeDraft(path, ' '.repeat(CHECKED_BYTES), draft);
  } catch (cause) {
    throw notStored(path, cause);
  } finally {
    removeDraft(draft);
  }
}

/**
 * Stores a profile in one step: after a power cut the file is the old or the new one.
 * @throws OptionError for what is no profile, DeviceError `storage` when it cannot be written
 */
export function saveProfile(path: string, profile: BoardProfile): void {
  const text = `${JSON.stringify(parseOptions(profileSchema, profile, 'saveProfile'), undefined, 2)}\n`;
  const draft = `${path}.draft`;
  try {
    writeDraft(path, text, draft);
    nodeFs.renameSync(draft, path);
    const folder = nodeFs.openSync(dirname(path), 'r');
    try {
      nodeFs.fsyncSync(folder);
    } finally {
      nodeFs.closeSync(folder);
    }
  } catch (cause) {
    removeDraft(draft);
    throw notStored(path, cause);
  }
}
