import type { Stream } from './stream.ts';

/** Of streams by priority 0 to 9, and of background work. */
const LEVELS = 11;
const BACKGROUND = 10;

/**
 * Divides the time that no deadline needs: streams by priority, those of equal priority evenly; background work gets `share` of it while both
 * want it. Start-time fair queueing (Goyal, Vin, Cheng, SIGCOMM 1996): while two of equal priority both wait, the seconds they got differ
 * by at most one run of each.
 */
export class FairShare {
  readonly #share: number;
  /** Start tag of the last served of each level. */
  readonly #clocks = new Float64Array(LEVELS);
  readonly #kindTags = new Float64Array(2);
  #kindClock = 0;
  #stream: Stream | undefined;
  #background: Stream | undefined;

  constructor(share: number) {
    this.#share = share;
  }

  /** A stream that could run now. */
  offer(stream: Stream): void {
    const level = levelOf(stream);
    stream.tag = Math.max(stream.tag, this.#clocks[level]!);
    const best = level === BACKGROUND ? this.#background : this.#stream;
    if (best !== undefined && (level < levelOf(best) || (level === levelOf(best) && stream.tag >= best.tag))) return;
    if (level === BACKGROUND) this.#background = stream;
    else this.#stream = stream;
  }

  /** Which of those offered is to run; forgets the offers. */
  choose(): Stream | undefined {
    const stream = this.#stream;
    const background = this.#background;
    this.#stream = undefined;
    this.#background = undefined;
    if (stream !== undefined) this.#kindTags[0] = Math.max(this.#kindTags[0]!, this.#kindClock);
    if (background !== undefined) this.#kindTags[1] = Math.max(this.#kindTags[1]!, this.#kindClock);
    const chosen = stream === undefined || (background !== undefined && this.#kindTags[1]! <= this.#kindTags[0]!) ? background : stream;
    if (chosen === undefined) return undefined;
    this.#clocks[levelOf(chosen)] = chosen.tag;
    this.#kindClock = this.#kindTags[chosen.background ? 1 : 0]!;
    return chosen;
  }

  served(stream: Stream, seconds: number): void {
    stream.tag += seconds;
    const kind = stream.background ? 1 : 0;
    this.#kindTags[kind]! += seconds / (stream.background ? this.#share : 1 - this.#share);
  }
}

function levelOf(stream: Stream): number {
  return stream.background ? BACKGROUND : stream.demand.priority;
}
