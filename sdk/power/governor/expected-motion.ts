/** Seconds over which the usual share of motion is learnt. */
const USUAL_SECONDS = 3600;
/** How much of the next slot is like the last one. */
const PERSISTENCE = 0.9;
const LEAST = 0.005;

/** Motion and weight of the slot to come: mostly those of the last one, and a little of what is usual. */
export class ExpectedMotion {
  motion = 0.2;
  weight = 1;
  /** Of the last hours. */
  usual = 0.2;
  last = 0.2;

  update(motion: number, weight: number, seconds: number): void {
    if (motion >= 0 && motion <= 1) {
      this.last = motion;
      this.usual += (seconds / (seconds + USUAL_SECONDS)) * (motion - this.usual);
      this.motion = Math.max(LEAST, PERSISTENCE * motion + (1 - PERSISTENCE) * this.usual);
    } else {
      this.motion = this.usual;
    }
    this.weight = weight >= 0 && motion > 0 ? PERSISTENCE * weight + (1 - PERSISTENCE) : 1;
  }
}
