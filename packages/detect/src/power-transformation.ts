export type PowerTransformation = '2/3' | '1/2' | 'none';

export interface ScaledCount {
  readonly power: number;
  readonly scaledMean: number;
  readonly scaledSd: number;
}

/**
 * Mean and standard deviation of a count on the scale on which it is taken to be normal (Farrington et al. 1996); tau is
 * its variance over its mean, the uncertainty of the mean included.
 */
export function transform(powertrans: PowerTransformation, mean: number, tau: number): ScaledCount {
  switch (powertrans) {
    case '2/3': {
      const root = Math.cbrt(mean);
      return { power: 2 / 3, scaledMean: root * root, scaledSd: Math.sqrt((4 / 9) * root * tau) };
    }
    case '1/2':
      return { power: 1 / 2, scaledMean: Math.sqrt(mean), scaledSd: Math.sqrt(tau / 4) };
    case 'none':
      return { power: 1, scaledMean: mean, scaledSd: Math.sqrt(mean * tau) };
  }
}
