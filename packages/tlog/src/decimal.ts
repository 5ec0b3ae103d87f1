import { TlogError } from './tlog-error.ts';

/** Sizes and indices are exact integers up to 2^53-1, as ASCII decimals without sign or leading zero. */
const DECIMAL = /^(?:0|[1-9][0-9]{0,15})$/;

export function parseDecimal(text: string): number {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new TlogError('size.malformed', 'not a decimal between 0 and 2^53-1');
  return value;
}

export function formatDecimal(value: number): string {
  if (!isSize(value)) throw new TlogError('size.malformed', 'not an integer between 0 and 2^53-1');
  return String(value);
}

export function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
