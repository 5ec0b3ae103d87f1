import { betaCdf } from './beta.ts';

/** P(|T| > |t|) for Student's t with df degrees of freedom. */
export function studentTwoSided(t: number, df: number): number {
  const square = t * t;
  if (square === Number.POSITIVE_INFINITY) return 0;
  return betaCdf(df / (df + square), square / (df + square), df / 2, 0.5);
}
