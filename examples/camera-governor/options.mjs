import { appendFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

const USAGE = `node examples/camera-governor/main.mjs [options]
  --seconds N      length of each of the two runs, at least 3; default: 30
  --hogs N         other processes that take the processor in the middle third; default: 6 a processor
  --plot FILE.svg  draw latency, temperature and variant`;

const text = (value) => ({ type: 'string', default: value });

function parse() {
  const { values } = parseArgs({ options: { seconds: text('30'), hogs: text(String(6 * availableParallelism())), plot: { type: 'string' }, help: { type: 'boolean' } } });
  const [seconds, hogs] = [Number(values.seconds), Number(values.hogs)];
  if (!(seconds >= 3 && seconds < Infinity)) throw new RangeError(`--seconds ${values.seconds}: allowed are numbers from 3`);
  if (!(Number.isInteger(hogs) && hogs >= 0)) throw new RangeError(`--hogs ${values.hogs}: allowed are whole numbers from 0`);
  // Neither a pipe nor a device is opened before there is something to write.
  if (values.plot !== undefined && statSync(values.plot, { throwIfNoEntry: false })?.isFile() !== false) appendFileSync(values.plot, '');
  return { seconds, hogs, plot: values.plot, help: values.help };
}

/** The options of the command line; a plot that cannot be written is told now, not after the runs. */
export function readOptions() {
  try {
    const options = parse();
    if (!options.help) return options;
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    console.error(`camera-governor: ${error.message}\n${USAGE}`);
    process.exit(2);
  }
}
