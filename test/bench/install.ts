import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareLitert } from './peers/litert-files.ts';
import type { Peer } from './peers/types.ts';

/** A Node to measure on. */
export interface Runtime {
  readonly major: number;
  readonly version: string;
  readonly v8: string;
  readonly executable: string;
}

const NPM = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix'];

function npm(folder: string, packages: readonly string[], options: readonly string[]): void {
  console.error(`installing into ${folder}: ${packages.join(' ')}`);
  const { status, stderr, error } = spawnSync('npm', [...NPM, folder, ...options, ...packages], { encoding: 'utf8' });
  if (status === 0) return;
  throw new Error(`npm install into ${folder} failed: ${(error?.message ?? stderr).trim().split('\n').slice(-3).join(' ')}`);
}

/** This Node where it has the major version, else that version's npm package under `build`. */
export function installRuntime(major: number, build: string): Runtime {
  const own = Number.parseInt(process.versions.node, 10) === major;
  const folder = join(build, `node${major}`);
  const name = `node-linux-${process.arch}`;
  const executable = own ? process.execPath : join(folder, 'node_modules', name, 'bin/node');
  if (!existsSync(executable)) npm(folder, [`${name}@${major}`], ['--no-save', '--no-package-lock']);
  const { stdout, error } = spawnSync(executable, ['-p', 'JSON.stringify(process.versions)'], { encoding: 'utf8' });
  if (error) throw new Error(`${executable} does not start: ${error.message}`);
  const { node, v8 } = JSON.parse(stdout) as { node: string; v8: string };
  return { major, version: node, v8, executable };
}

function installedVersion(folder: string, name: string): string | undefined {
  const file = join(folder, 'node_modules', name, 'package.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version : undefined;
}

/** Installs the packages of the peers in `folder`, in exactly their versions, unless they are there. */
export function installPeers(peers: readonly Peer[], folder: string): Readonly<Record<string, string>> {
  const packages = Object.assign({}, ...peers.map((peer) => peer.packages)) as Record<string, string>;
  const missing = Object.entries(packages).filter(([name, version]) => installedVersion(folder, name) !== version);
  if (missing.length > 0) {
    mkdirSync(folder, { recursive: true });
    const manifest = join(folder, 'package.json');
    if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
    npm(folder, missing.map(([name, version]) => `${name}@${version}`), ['--save-exact', '--legacy-peer-deps']);
  }
  if (peers.some(({ worker }) => worker === 'litert')) prepareLitert(folder);
  return packages;
}
