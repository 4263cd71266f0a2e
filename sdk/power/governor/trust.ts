/** A reading that is trusted less is not acted on. */
export const LEAST_TRUST = 0.2;
