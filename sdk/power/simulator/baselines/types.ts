import type { Candidate, Controller } from '../../types.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world.ts';

/** A way of deciding that is compared with others. */
export interface Contender {
  readonly name: string;
  /** For the page. */
  readonly description: string;
  /** Starts without any state. Only what decides in hindsight may look at the world. */
  create(scenario: Scenario, candidates: readonly Candidate[], world: World): Controller;
}
