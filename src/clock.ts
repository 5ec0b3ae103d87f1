/** The only source of the current time. Folds and decisions never read it: they are told the instant they decide for. */
export interface Clock {
  /** Never goes back within one process. */
  now(): Date;
}

export const systemClock: Clock = (() => {
  let lastMs = 0;
  return {
    now() {
      lastMs = Math.max(lastMs, Date.now());
      return new Date(lastMs);
    },
  };
})();
