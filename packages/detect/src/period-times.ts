import type { Series } from './series.ts';

/** R measures the time of dated series in days, divided by the length of its first period. */
export function measureMonths(series: Series): Float64Array | undefined {
  const days = series.startDays;
  if (days === undefined || days.length < 2) return undefined;
  const [zero, one] = [days[0]!, days[1]!];
  return Float64Array.from(days, (day) => (day - zero) / (one - zero));
}
