import { dirname } from 'node:path';
import * as v from 'valibot';
import { DeviceError } from '../../core/errors.ts';
import { nodeFs } from '../../core/node-fs.ts';
import { profileSchema } from './profile.ts';
import type { BoardProfile } from './profile.ts';

const MAX_BYTES = 1 << 20;

/** A stored profile, or why there is none that can be used. */
export interface LoadedProfile {
  readonly profile?: BoardProfile;
  /** Absent when there simply is no file yet. */
  readonly problem?: string;
}

/** Reads the profile of a board. A broken file or one of another board is ignored and says so. Never throws. */
export function loadProfile(path: string, board: string): LoadedProfile {
  const ignored = (why: string): LoadedProfile => ({ problem: `${path}: ${why}; it is ignored, calibrate again to replace it` });
  let text: string;
  try {
    const { size } = nodeFs.statSync(path);
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
  return result.output.board === board ? { profile: result.output } : ignored(`it is of '${result.output.board}', this is '${board}'`);
}

/**
 * Stores a profile in one step: after a power cut the file is the old or the new one.
 * @throws DeviceError `storage` when it cannot be written
 */
export function saveProfile(path: string, profile: BoardProfile): void {
  const draft = `${path}.draft`;
  try {
    const file = nodeFs.openSync(draft, 'w', 0o600);
    try {
      nodeFs.writeFileSync(file, `${JSON.stringify(profile, undefined, 2)}\n`);
      nodeFs.fsyncSync(file);
    } finally {
      nodeFs.closeSync(file);
    }
    nodeFs.renameSync(draft, path);
    const folder = nodeFs.openSync(dirname(path), 'r');
    try {
      nodeFs.fsyncSync(folder);
    } finally {
      nodeFs.closeSync(folder);
    }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new DeviceError('storage', `${path}: the board profile cannot be stored (${code ?? message}); check the folder and its permissions`, { cause });
  }
}
