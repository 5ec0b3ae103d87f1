/**
 * Negative binomial reference model whose threshold allows for the uncertainty of its parameters (Salmon et al. 2015, Biom J
 * 57:1051-1067; R's bodaDelay without reporting delay, inference "asym"): mean and size are normal around their
 * estimates, and the threshold is the 1 - alpha quantile of the resulting mixture. The mixture is integrated on a grid
 * of equally probable points instead of being sampled.
 *
 * compat 'r': R draws size and mean from the same random numbers, so the two move together; the default lets them vary
 * independently.
 */
import { type Compat, requireOneOf, requireProbability, requireWhole, requireWithin, resolveRange } from './control.ts';
import { negativeBinomialCdf, negativeBinomialQuantile, negativeBinomialTail } from './distributions/counts.ts';
import { normalQuantile } from './distributions/normal.ts';
import { fitNegativeBinomialGlm, type NegativeBinomialFit } from './negative-binomial-glm.ts';
import { measureMonths } from './period-times.ts';
import { labelReferences } from './reference-labels.ts';
import { cannotJudge, type Detection, type IndexRange, type Warning } from './result.ts';
import { countAt, type Series } from './series.ts';

export interface BodaControl {
  readonly b?: number;
  readonly w?: number;
  readonly noPeriods?: number;
  /** Last reference rows left out besides the one under test; `w` when not given. */
  readonly pastWeeksNotIncluded?: number | undefined;
  readonly trend?: boolean;
  readonly alpha?: number;
  readonly limit54?: readonly [cases: number, periods: number];
  readonly compat?: Compat;
}

export interface BodaFit {
  readonly detection: Detection;
  readonly theta: number;
  readonly thetaError: number;
  readonly link: number;
  readonly linkError: number;
  readonly rows: number;
}

export function detectBoda(series: Series, control: BodaControl, range?: IndexRange): Detection[] {
  return fitBoda(series, control, range).map(({ detection }) => detection);
}

export function fitBoda(series: Series, control: BodaControl, range?: IndexRange): BodaFit[] {
  const { b = 5, w = 3, noPeriods = 1, trend = true, alpha = 0.05, limit54 = [5, 4], compat = 'paper' } = control;
  const pastWeeksNotIncluded = control.pastWeeksNotIncluded ?? w;
  requireWhole('control.b', b, 1, 100);
  requireWhole('control.w', w, 0, 182);
  requireWhole('control.noPeriods', noPeriods, 1, 366);
  requireWhole('control.pastWeeksNotIncluded', pastWeeksNotIncluded, 0, 100_000);
  requireProbability('control.alpha', alpha);
  requireWithin('control.limit54[0]', limit54[0], 0);
  requireWhole('control.limit54[1]', limit54[1], 1, 10_000);
  requireOneOf('control.compat', compat, ['r', 'paper']);
  const { first, last } = resolveRange(series, range);
  const labels = new Int16Array(series.values.length);
  const references = new Int32Array(b + 1);
  const times = compat === 'r' && series.kind === 'month' ? measureMonths(series) : undefined;

  const judge = (k: number): BodaFit => {
    const observed = countAt(series, k);
    const nothing = (warnings: readonly Warning[], rows = 0): BodaFit => ({
      detection: cannotJudge(k, observed, 'more-than', warnings),
      theta: Number.NaN,
      thetaError: Number.NaN,
      link: Number.NaN,
      linkError: Number.NaN,
      rows,
    });
    const from = labelReferences({ b, w, noPeriods }, series, labels, references, k);
    if (from < 0) return nothing([{ code: 'history-too-short', needs: b * series.periodsPerYear + w, has: k }]);
    const labelled: number[] = [];
    for (let t = from; t <= k; t++) if (labels[t]! > 0) labelled.push(t);
    const used = labelled.slice(0, Math.max(0, labelled.length - pastWeeksNotIncluded - 1));
    const rows = used.filter((t) => countAt(series, t) !== undefined);
    const warnings: Warning[] = [];
    if (observed === undefined) warnings.push({ code: 'current-missing' });
    if (rows.length < used.length) warnings.push({ code: 'reference-missing', periods: used.length - rows.length });
    const fitted = fitRows(series, times, labels, rows, labelled[0] ?? k, k, trend);
    if (fitted === undefined) return nothing([...warnings, { code: 'not-converged' }], rows.length);

    const { fit, link, linkError } = fitted;
    const withoutBound = (more: readonly Warning[]): BodaFit => ({
      ...nothing([...warnings, ...more], rows.length),
      theta: fit.theta,
      thetaError: fit.thetaError,
      link,
      linkError,
    });
    let recent = 0;
    for (let i = Math.max(0, k - limit54[1] + 1); i <= k; i++) recent += series.values[i]!;
    const enough = recent >= limit54[0];
    if (!enough)
      warnings.push({ code: 'too-few-recent-cases', needs: limit54[0], has: Number.isNaN(recent) ? 0 : recent });
    if (compat === 'r' && !enough) return withoutBound([]);
    const mixture = spreadParameters(fit, link, linkError, compat);
    if (mixture.length === 0 || mixture.some(({ q }) => Number.isNaN(q)))
      return withoutBound([{ code: 'not-converged' }]);
    const threshold = mixtureQuantile(mixture, 1 - alpha);
    return {
      detection: {
        index: k,
        observed,
        alarm: observed === undefined ? undefined : enough && observed > threshold,
        expected: Math.exp(link),
        threshold,
        raisedWhen: 'more-than',
        pValue:
          observed === undefined
            ? undefined
            : mean(mixture, ({ size, p, q }) => negativeBinomialTail(observed, size, p, q)),
        score: undefined,
        scoreLimit: undefined,
        reference: rows.map((index) => ({ index, weight: 1 })),
        warnings,
      },
      theta: fit.theta,
      thetaError: fit.thetaError,
      link,
      linkError,
      rows: rows.length,
    };
  };
  const fits: BodaFit[] = [];
  for (let k = first; k <= last; k++) fits.push(judge(k));
  return fits;
}

function fitRows(
  series: Series,
  times: Float64Array | undefined,
  labels: Int16Array,
  rows: readonly number[],
  origin: number,
  k: number,
  trend: boolean,
): { readonly fit: NegativeBinomialFit; readonly link: number; readonly linkError: number } | undefined {
  const present = [...new Set(rows.map((t) => labels[t]!))].sort((x, y) => x - y);
  if (!present.includes(labels[k]!)) return undefined;
  const clock = (t: number): number => times?.[t] ?? t - origin;
  const design = (t: number): number[] => [
    1,
    ...(trend ? [clock(t)] : []),
    ...present.slice(1).map((label) => (labels[t] === label ? 1 : 0)),
  ];
  const points = rows.map(design);
  const terms = design(k).length;
  if (rows.length <= terms) return undefined;
  const columns = Array.from({ length: terms }, (_, j) => Float64Array.from(points, (point) => point[j]!));
  const fit = fitNegativeBinomialGlm(
    Float64Array.from(rows, (t) => series.values[t]!),
    columns,
  );
  if (fit === undefined || !fit.converged || fit.glm.unscaledCovariance.length === 0) return undefined;
  const now = design(k);
  let link = 0;
  let variance = 0;
  for (const [i, x] of now.entries()) {
    link += x * fit.glm.coefficients[i]!;
    for (const [j, y] of now.entries()) variance += x * y * fit.glm.unscaledCovariance[i]![j]!;
  }
  if (!(variance >= 0) || !Number.isFinite(link)) return undefined;
  return { fit, link, linkError: Math.sqrt(variance) };
}

interface Component {
  readonly size: number;
  readonly p: number;
  readonly q: number;
}

/** Counts that vary less than Poisson counts have no finite size. */
const POISSON_SIZE = 1e8;

/** Equally probable parameter values; sizes that are not positive are left out, as R does. */
function spreadParameters(fit: NegativeBinomialFit, link: number, linkError: number, compat: Compat): Component[] {
  const points = compat === 'r' ? 401 : 31;
  const scores = Array.from({ length: points }, (_, i) => normalQuantile((i + 0.5) / points));
  const bounded = Number.isFinite(fit.theta) && Number.isFinite(fit.thetaError);
  // R's draws are unknown where the error is.
  const keepsUnknown = compat === 'r' && Number.isNaN(fit.thetaError);
  const component = (sizeScore: number, linkScore: number): Component => {
    const size = bounded || keepsUnknown ? fit.theta + fit.thetaError * sizeScore : POISSON_SIZE;
    const mu = Math.exp(link + linkError * linkScore);
    return { size, p: size / (size + mu), q: mu / (size + mu) };
  };
  const components =
    compat === 'r'
      ? scores.map((score) => component(score, score))
      : scores.flatMap((sizeScore) => scores.map((linkScore) => component(sizeScore, linkScore)));
  return components.filter(({ size }) => size > 0);
}

function mixtureQuantile(mixture: readonly Component[], level: number): number {
  const quantiles = mixture.map(({ size, p, q }) => negativeBinomialQuantile(level, size, p, q));
  let low = Math.min(...quantiles) - 1;
  let high = Math.max(...quantiles);
  while (high - low > Math.max(1, 1e-9 * high)) {
    const middle = Math.floor((low + high) / 2);
    if (mean(mixture, ({ size, p, q }) => negativeBinomialCdf(middle, size, p, q)) >= level) high = middle;
    else low = middle;
  }
  return high;
}

function mean(mixture: readonly Component[], of: (component: Component) => number): number {
  return mixture.reduce((sum, component) => sum + of(component), 0) / mixture.length;
}
