export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}

export function lengthOf(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}

/** a + factor·b, into a. */
export function addTo(a: Float64Array, factor: number, b: Float64Array): void {
  for (let at = 0; at < a.length; at++) a[at]! += factor * b[at]!;
}

export function scaled(a: Float64Array, factor: number): Float64Array {
  return a.map((value) => value * factor);
}
