import { dirname } from 'node:path';
import { UpdateError } from '../../../sdk/core/errors.ts';
import type { FileSystem, OpenFile } from '../../../sdk/fleet/file-system.ts';

type DataStep =
  | { readonly kind: 'write'; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly length: number };

interface File {
  /** What the process sees. */
  current: Uint8Array;
  /** What is on the medium for certain. */
  durable: Uint8Array;
  /** Steps since the last sync: any of them may be on the medium. */
  steps: DataStep[];
}

interface NameStep {
  readonly directories: readonly string[];
  apply(names: Map<string, File>): void;
}

/** What a power cut does to steps that were not synced. */
export type Damage = 'drop' | 'keep' | 'names-only' | 'torn' | 'zeros' | { readonly random: () => number };

export class PowerCut extends Error {}

function applyStep(content: Uint8Array, step: DataStep, bytes = step.kind === 'write' ? step.bytes : new Uint8Array()): Uint8Array {
  const length = step.kind === 'truncate' ? step.length : Math.max(content.length, step.offset + bytes.length);
  const next = new Uint8Array(length);
  next.set(content.subarray(0, length));
  if (step.kind === 'write') next.set(bytes, step.offset);
  return next;
}

/** Files in memory that remember what is durable; the power fails at the `cutAt`-th changing operation, and nothing works from then on. */
export class MemoryDisk {
  #names = new Map<string, File>();
  #durableNames = new Map<string, File>();
  #nameSteps: NameStep[] = [];
  readonly #locks = new Set<string>();
  operations = 0;
  cutAt = Infinity;
  free = 1 << 30;
  /** Returns an error code to make an operation fail. */
  fault: ((operation: string, path: string) => string | undefined) | undefined;

  /** The disk after a power cut, powered again. */
  afterCut(damage: Damage): MemoryDisk {
    const disk = new MemoryDisk();
    const names = new Map(this.#durableNames);
    for (const step of this.#nameSteps) if (damage !== 'drop' && (typeof damage === 'string' || damage.random() < 0.5)) step.apply(names);
    const copies = new Map<File, File>();
    for (const [path, file] of names) {
      const content = survivor(file, damage);
      const copy = copies.get(file) ?? { current: content, durable: content, steps: [] };
      copies.set(file, copy);
      disk.#names.set(path, copy);
      disk.#durableNames.set(path, copy);
    }
    return disk;
  }

  /** Paths of all files. */
  get paths(): string[] {
    return [...this.#names.keys()].sort();
  }

  content(path: string): Uint8Array | undefined {
    return this.#names.get(path)?.current;
  }

  /** Changes a file behind everybody's back. */
  corrupt(path: string, change: (bytes: Uint8Array) => void): void {
    const file = this.#names.get(path);
    if (!file) throw new Error(`no file ${path}`);
    change(file.current);
    file.durable = file.current.slice();
  }

  readonly fileSystem: FileSystem = {
    makeDirectory: async (path) => this.#change('makeDirectory', path, () => undefined),
    list: async (path) => {
      this.#look();
      return [...this.#names.keys()].filter((name) => dirname(name) === path).map((name) => name.slice(path.length + 1));
    },
    size: async (path) => {
      this.#look();
      return this.#names.get(path)?.current.length;
    },
    freeBytes: async () => {
      this.#look();
      return this.free;
    },
    rename: async (from, to) => this.#change('rename', to, () => {
      const file = this.#require(from);
      this.#name([dirname(from), dirname(to)], (names) => {
        names.delete(from);
        names.set(to, file);
      });
    }),
    remove: async (path) => this.#change('remove', path, () => this.#name([dirname(path)], (names) => void names.delete(path))),
    syncDirectory: async (path) => this.#sync('syncDirectory', path, () => {
      const due = this.#nameSteps.filter(({ directories }) => directories.includes(path));
      for (const step of due) step.apply(this.#durableNames);
      this.#nameSteps = this.#nameSteps.filter((step) => !due.includes(step));
    }),
    lock: async (path) => {
      this.#look();
      if (this.#locks.has(path)) throw new UpdateError('busy', `${path}: held`);
      this.#locks.add(path);
      return async () => void this.#locks.delete(path);
    },
    open: async (path, mode) => {
      if (mode !== 'create') {
        this.#look();
        return this.#handle(path, this.#require(path));
      }
      return this.#change('create', path, () => {
        const file: File = this.#names.get(path) ?? { current: new Uint8Array(), durable: new Uint8Array(), steps: [] };
        if (this.#names.has(path)) this.#step(file, { kind: 'truncate', length: 0 });
        else this.#name([dirname(path)], (names) => void names.set(path, file));
        return this.#handle(path, file);
      });
    },
  };

  #handle(path: string, file: File): OpenFile {
    return {
      read: async (offset, into) => {
        this.#look();
        const piece = file.current.subarray(offset, offset + into.length);
        into.set(piece);
        return piece.length;
      },
      write: async (offset, bytes) => this.#change('write', path, () => this.#step(file, { kind: 'write', offset, bytes: bytes.slice() })),
      truncate: async (length) => this.#change('truncate', path, () => this.#step(file, { kind: 'truncate', length })),
      sync: async () => this.#sync('sync', path, () => {
        file.durable = file.current.slice();
        file.steps = [];
      }),
      close: async () => undefined,
    };
  }

  #look(): void {
    if (this.operations >= this.cutAt) throw new PowerCut('power cut');
  }

  /** The operation during which the power fails may or may not have happened: it is left among the unsynced steps. */
  #change<T>(operation: string, path: string, apply: () => T): T {
    this.#look();
    const code = this.fault?.(operation, path);
    if (code) throw Object.assign(new Error(`${code}: ${operation}`), { code });
    const result = apply();
    if (++this.operations >= this.cutAt) throw new PowerCut('power cut');
    return result;
  }

  #sync(operation: string, path: string, apply: () => void): void {
    this.#look();
    if (this.operations + 1 >= this.cutAt) this.operations++;
    this.#change(operation, path, apply);
  }

  #require(path: string): File {
    const file = this.#names.get(path);
    if (!file) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
    return file;
  }

  #name(directories: readonly string[], apply: (names: Map<string, File>) => void): void {
    apply(this.#names);
    this.#nameSteps.push({ directories, apply });
  }

  #step(file: File, step: DataStep): void {
    file.current = applyStep(file.current, step);
    file.steps.push(step);
  }
}

function survivor({ durable, steps, current }: File, damage: Damage): Uint8Array {
  const replay = (choose: (step: DataStep, index: number) => Uint8Array | 'lost' | undefined): Uint8Array =>
    steps.reduce<Uint8Array>((content, step, index) => {
      const bytes = choose(step, index);
      return bytes === 'lost' ? content : applyStep(content, step, step.kind === 'write' ? bytes ?? step.bytes : undefined);
    }, durable.slice());
  const shortened = (step: DataStep, share: number): Uint8Array | undefined =>
    step.kind === 'write' ? step.bytes.slice(0, Math.floor(share * step.bytes.length)) : undefined;
  switch (damage) {
    case 'drop':
    case 'names-only': return durable.slice();
    case 'keep': return current.slice();
    case 'torn': return replay((step, index) => (index === steps.length - 1 ? shortened(step, 0.5) : undefined));
    case 'zeros': return replay((step) => (step.kind === 'write' ? new Uint8Array(step.bytes.length) : undefined));
    default: return replay((step) => {
      const fate = damage.random();
      if (fate < 0.3) return 'lost';
      return fate < 0.6 ? shortened(step, damage.random()) : undefined;
    });
  }
}
