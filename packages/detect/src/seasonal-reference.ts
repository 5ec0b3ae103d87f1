import { addMonths, addYears, weekday } from './calendar.ts';
import type { Series } from './series.ts';

/**
 * The period of an earlier year that corresponds to a given one.
 *
 * With dates: the same calendar date (29 February rolls to 1 March), for weeks moved to the nearest day with the weekday of
 * the series; a tie stays in the same calendar week, Sunday first. So a year of 53 weeks costs nothing. Without dates: whole
 * cycles counted back.
 *
 * May be negative or past the end: the caller decides what a period outside the series means.
 */
export function findSeasonalIndex(series: Series, index: number, yearsBack: number): number {
  const day = series.startDays?.[index];
  const firstDay = series.startDays?.[0];
  if (day === undefined || firstDay === undefined) return index - series.periodsPerYear * yearsBack;
  const target = addYears(day, -yearsBack);
  switch (series.kind) {
    case 'day':
      return target - firstDay;
    case 'week':
      return (nearestWeekday(target, weekday(day)) - firstDay) / 7;
    case 'month':
      return monthsBetween(firstDay, target);
  }
}

/** Indexes of the same season in the past years, oldest first, `halfWindow` periods to either side; those before the series starts are left out. */
export function pastSeasonIndexes(series: Series, index: number, years: number, halfWindow: number): number[] {
  const indexes: number[] = [];
  for (let year = years; year >= 1; year--) {
    const centre = findSeasonalIndex(series, index, year);
    for (let i = centre - halfWindow; i <= centre + halfWindow; i++) if (i >= 0) indexes.push(i);
  }
  return indexes;
}

function nearestWeekday(day: number, wanted: number): number {
  const sameWeek = day - (weekday(day) - wanted);
  const other = sameWeek > day ? sameWeek - 7 : sameWeek + 7;
  return Math.abs(sameWeek - day) > Math.abs(other - day) ? other : sameWeek;
}

function monthsBetween(from: number, to: number): number {
  const months = Math.round((to - from) / 30.436875);
  return [months - 1, months, months + 1].find((candidate) => addMonths(from, candidate) === to) ?? months;
}
