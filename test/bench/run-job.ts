import { spawn } from 'node:child_process';
import { OUTCOME_FD } from './peers/serve.ts';
import type { Job, Outcome } from './peers/types.ts';

const TIME_LIMIT_MS = 180_000;
const MESSAGE_CHARACTERS = 300;

export interface Process {
  readonly executable: string;
  readonly program: string;
  readonly cores: readonly number[];
}

/** The caller's environment without what would change the measurements: Node options, and certificates that Node 20 reads at every start. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'NODE_OPTIONS' && name !== 'NODE_EXTRA_CA_CERTS'));
}

/** Runs a job in a fresh process pinned to cores. A process that ends without an outcome is a failure with code `crashed` or `timeout`. */
export function runJob(job: Job, { executable, program, cores }: Process): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn('taskset', ['-c', cores.join(','), executable, program, JSON.stringify(job)], {
      env: environment(), stdio: ['ignore', 'ignore', 'pipe', 'pipe'], timeout: TIME_LIMIT_MS, killSignal: 'SIGKILL',
    });
    let [errors, outcome] = ['', ''];
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.stdio[OUTCOME_FD]?.on('data', (chunk: Buffer) => (outcome += chunk.toString()));
    child.on('error', (error) => reject(new Error(`taskset (util-linux), which pins processes to cores, does not start: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (outcome !== '') {
        resolve(JSON.parse(outcome) as Outcome);
        return;
      }
      const found = errors.split('\n').filter((line) => /error|abort|not /i.test(line)).join(' ').slice(0, MESSAGE_CHARACTERS);
      resolve({ error: { code: signal === 'SIGKILL' ? 'timeout' : 'crashed', message: `exit ${code ?? signal ?? ''} ${found}`.trim() } });
    });
  });
}
