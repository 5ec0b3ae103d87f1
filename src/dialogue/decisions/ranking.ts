/** `2 1 3`, `2, 1, 3`, `2 > 1 > 3`, in any digits; what is no number makes it no ranking. */
export function readRanking(text: string): number[] {
  const words = text.split(/[\s,;>،]+/u).filter((word) => word !== '');
  const numbers = words.map((word) =>
    Number(
      word
        .replaceAll(/[\u0660-\u0669\u06f0-\u06f9]/gu, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf))
        .replace(/\.$/, ''),
    ),
  );
  return numbers.every((number) => Number.isSafeInteger(number) && number > 0) ? numbers : [];
}
