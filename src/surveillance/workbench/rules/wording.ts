import type { Words } from '../../signals/explanation.ts';
import type { Fault, PackageRule } from './package.ts';

/** What was wrong with a rule, and what was done about it. */
export function explainFault({ t }: Words, stored: PackageRule['faults'][number]): string {
  // Written by readPackage from the package's own type.
  const fault = stored as Fault;
  switch (fault.code) {
    case 'current-period-left-out':
      return t('rules.fault-current-period-left-out', { count: fault.periods });
    case 'more-than-instead-of-at-least':
      return t('rules.fault-more-than-instead-of-at-least', { count: fault.cases });
    case 'window-differs':
      return t('rules.fault-window-differs', { described: fault.describedDays, window: fault.windowDays });
    case 'number-differs':
      return t('rules.fault-number-differs', { described: fault.described, shipped: fault.shipped });
    case 'map-threshold-differs':
      return t('rules.fault-map-threshold-differs', { shown: fault.shown });
    case 'map-counts-another-element':
      return t('rules.fault-map-counts-another-element', { element: fault.element });
    case 'doubling-not-implemented':
      return t('rules.fault-doubling-not-implemented');
    case 'upper-limit-dropped':
      return t('rules.fault-upper-limit-dropped', { rate: fault.ratePer100k });
  }
}
