import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const AMBIENT = 35;
/** The board heats up this many times as fast, so that it shows within seconds. */
const FASTER = 20;

/** A thermal zone as files, with the temperature that a board would have that does what this process does. */
export class ThermalTree {
  temperature = AMBIENT;
  #poles;
  #power;
  #rises;
  #cpu = process.cpuUsage();
  #time = performance.now();

  static async create(directory, poles, power) {
    const tree = new ThermalTree();
    tree.root = await mkdtemp(join(directory, 'tree-'));
    tree.#poles = poles;
    tree.#power = power;
    tree.#rises = poles.map(({ resistance }) => resistance * power.idle);
    await mkdir(join(tree.root, 'sys/class/thermal/thermal_zone0'), { recursive: true });
    await writeFile(join(tree.root, 'sys/class/thermal/thermal_zone0/type'), 'cpu-thermal\n');
    await tree.advance();
    return tree;
  }

  async advance() {
    const { user, system } = process.cpuUsage(this.#cpu);
    const seconds = (performance.now() - this.#time) / 1000;
    this.#cpu = process.cpuUsage();
    this.#time = performance.now();
    const watts = this.#power.idle + this.#power.core * ((user + system) / 1e6 / Math.max(seconds, 1e-3));
    this.#rises = this.#rises.map((rise, pole) => rise + (1 - Math.exp((-FASTER * seconds) / this.#poles[pole].seconds)) * (this.#poles[pole].resistance * watts - rise));
    this.temperature = this.#rises.reduce((sum, rise) => sum + rise, AMBIENT);
    await writeFile(join(this.root, 'sys/class/thermal/thermal_zone0/temp'), `${Math.round(1000 * this.temperature)}\n`);
  }
}
