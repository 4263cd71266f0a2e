/** Seconds of a point of a timeline, and of a slot of the offline bound where it has a battery. */
export const POINT_SECONDS = 300;

/** Course of a simulation, a point every five minutes. */
export class Timeline {
  /** Highest degrees Celsius, mean watts, joules at the end, mean worth of a second. */
  readonly temperature: Float64Array;
  readonly watts: Float64Array;
  readonly charge: Float64Array;
  readonly worth: Float64Array;
  /** Candidate of most slots, -1 where the board was not on. */
  readonly chosen: Int16Array;
  readonly #slotsOfPoint: number;
  readonly #counts = new Map<number, number>();

  constructor(slots: number, slotSeconds: number) {
    this.#slotsOfPoint = POINT_SECONDS / slotSeconds;
    const points = Math.ceil(slots / this.#slotsOfPoint);
    this.temperature = new Float64Array(points).fill(-Infinity);
    this.watts = new Float64Array(points);
    this.charge = new Float64Array(points);
    this.worth = new Float64Array(points);
    this.chosen = new Int16Array(points);
  }

  add(slot: number, chosen: number, temperature: number, watts: number, charge: number, worth: number): void {
    const point = Math.floor(slot / this.#slotsOfPoint);
    if (slot % this.#slotsOfPoint === 0) this.#counts.clear();
    this.temperature[point] = Math.max(this.temperature[point]!, temperature);
    this.watts[point]! += watts / this.#slotsOfPoint;
    this.charge[point] = charge;
    this.worth[point]! += worth / this.#slotsOfPoint;
    const count = (this.#counts.get(chosen) ?? 0) + 1;
    this.#counts.set(chosen, count);
    if (count >= (this.#counts.get(this.chosen[point]!) ?? 0)) this.chosen[point] = chosen;
  }
}
