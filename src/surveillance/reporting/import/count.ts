export type CountError = 'value-not-a-number' | 'value-negative' | 'value-fraction' | 'value-too-large';

/** More than any place counts in one period; what is larger is an identifier in the wrong column, or a slip. */
export const largestCount = 100_000_000;

export const countErrors = [
  'value-not-a-number',
  'value-negative',
  'value-fraction',
  'value-too-large',
] as const satisfies readonly CountError[];

/**
 * A whole number from a cell, or the index below zero of why not: `countErrors[-result - 1]`. A number instead of an object, because a million
 * cells are read at a time. `5.0` is how statistical programs write five; digit groups (`1,234`) mean different numbers in different countries.
 */
export function parseCount(text: string): number {
  const { length } = text;
  let value = 0;
  for (let at = 0; at < length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return parseUnusualCount(text);
    value = value * 10 + digit;
    if (value > largestCount) return tooLarge(text);
  }
  return length === 0 ? -1 : value;
}

const tooLarge = (text: string): number => (/^\d+(?:\.\d+)?$/.test(text) ? -4 : -1);

function parseUnusualCount(text: string): number {
  // Arabic-Indic digits (U+0660-U+0669, U+06F0-U+06F9) are what many keyboards write.
  const latin = text
    .trim()
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf));
  const match = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(latin);
  if (!match) return -1;
  const [, sign, whole = '', fraction = ''] = match;
  if (sign === '-') return -2;
  if (/[1-9]/.test(fraction)) return -3;
  const value = Number(whole);
  return value > largestCount ? -4 : value;
}
