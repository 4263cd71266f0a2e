import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Area -> areas it may import besides itself. `entries` are the public entry files. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'kernels/abi': [],
  'kernels/micro': ['kernels/abi'],
  'kernels/ops': ['kernels/abi', 'kernels/micro', 'kernels/generated'],
  'kernels/index': ['kernels/ops'],
  'sdk/core': [],
  'sdk/ir': ['sdk/core'],
  'sdk/plan': ['sdk/core', 'sdk/ir'],
  'sdk/ops': ['sdk/core', 'sdk/ir', 'sdk/plan', 'kernels/abi'],
  'sdk/formats': ['sdk/core', 'sdk/ir'],
  'sdk/passes': ['sdk/core', 'sdk/ir', 'sdk/ops'],
  'sdk/compile': ['sdk/core', 'sdk/ir', 'sdk/ops', 'sdk/passes', 'sdk/plan', 'kernels/abi'],
  'sdk/runtime': ['sdk/core', 'sdk/ir', 'sdk/plan', 'kernels/abi'],
  'sdk/vision': ['sdk/core', 'sdk/runtime', 'sdk/plan', 'kernels/abi'],
  'sdk/audio': ['sdk/core', 'sdk/runtime', 'sdk/plan', 'kernels/abi'],
  'sdk/power': ['sdk/core'],
  'sdk/variants': ['sdk/core', 'sdk/power', 'sdk/runtime', 'sdk/model'],
  'sdk/fleet': ['sdk/core', 'sdk/power'],
  'sdk/model': ['sdk/core', 'sdk/ir', 'sdk/plan', 'sdk/runtime', 'sdk/formats', 'sdk/compile'],
  'sdk/cli': ['sdk/*', 'devices'],
  devices: ['sdk/core', 'sdk/power'],
  entries: ['sdk/*', 'devices'],
};

/** Lines no file may exceed. */
const MAX_LINES = 400;
/** The device half: never reaches the compiler by static imports. */
const DEVICE_HALF = ['sdk/runtime', 'sdk/vision', 'sdk/audio', 'sdk/power', 'sdk/fleet'];
const COMPILER_HALF = ['sdk/formats', 'sdk/passes', 'sdk/compile', 'sdk/ops'];

const root = dirname(import.meta.dirname);
const sources = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'kernels', 'sdk', 'devices', 'examples', 'scripts', 'test'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => /\.(ts|mjs)$/.test(file) && existsSync(join(root, file)));
const modules = sources.filter((file) => /^(kernels|sdk|devices)\/.*\.ts$/.test(file));

function areaOf(file: string): string {
  if (/^sdk\/[a-z-]+\.ts$/.test(file) && file !== 'sdk/model.ts') return 'entries';
  const area = file.startsWith('devices/') ? 'devices' : file.split('/').slice(0, 2).join('/').replace(/\.ts$/, '');
  return area;
}

interface Import {
  readonly target: string;
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const statements = [...text.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"](\.[^'"]+)['"]/gm)].map((match) => ({ target: match[2]!, typeOnly: match[1] !== undefined, dynamic: false }));
  const dynamic = [...text.matchAll(/import\(\s*['"](\.[^'"]+)['"]\s*\)/g)].map((match) => ({ target: match[1]!, typeOnly: false, dynamic: true }));
  return [...statements, ...dynamic].map((found) => {
    const path = normalize(join(dirname(file), found.target)).replaceAll('\\', '/');
    return { ...found, target: /\.ts$/.test(path) ? path : `${path}.ts` };
  });
}

function allowed(from: string, to: string): boolean {
  return from === to || (MAY_IMPORT[from] ?? []).some((area) => area === to || (area === 'sdk/*' && (to.startsWith('sdk/') || to === 'entries')));
}

describe('architecture', () => {
  it('knows every area', () => {
    expect(modules.map(areaOf).filter((area) => !(area in MAY_IMPORT) && area !== 'kernels/generated')).toEqual([]);
  });

  it('has only the edges of the import table', () => {
    const wrong = modules.flatMap((file) => importsOf(file)
      .filter(({ target }) => !allowed(areaOf(file), areaOf(target)))
      .map(({ target }) => `${file} -> ${target}`));
    expect(wrong).toEqual([]);
  });

  it('imports no index of a parent folder', () => {
    const wrong = modules.flatMap((file) => importsOf(file)
      .filter(({ target }) => target.endsWith('/index.ts') && file.startsWith(`${dirname(target)}/`))
      .map(({ target }) => `${file} -> ${target}`));
    expect(wrong).toEqual([]);
  });

  it('has no import cycle', () => {
    const edges = new Map(modules.map((file) => [file, importsOf(file).filter(({ typeOnly, dynamic }) => !typeOnly && !dynamic).map(({ target }) => target)]));
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) throw new Error(`cycle: ${[...path.slice(path.indexOf(file)), file].join(' -> ')}`);
      if (done.has(file)) return;
      for (const target of edges.get(file) ?? []) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of modules) visit(file, []);
    expect(done.size).toBeGreaterThan(50);
  });

  it('keeps the compiler out of the device half', () => {
    const inDeviceHalf = modules.filter((file) => DEVICE_HALF.includes(areaOf(file)));
    const reached = new Set<string>();
    const visit = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const { target, typeOnly } of importsOf(file)) if (!typeOnly) visit(target);
    };
    inDeviceHalf.forEach(visit);
    expect([...reached].filter((file) => COMPILER_HALF.includes(areaOf(file)))).toEqual([]);
  });

  it(`keeps files within ${MAX_LINES} lines`, () => {
    const long = sources.filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length > MAX_LINES + 1);
    expect(long).toEqual([]);
  });
});
