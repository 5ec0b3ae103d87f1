import type { Plane } from './compat-pca.ts';

/**
 * Mean silhouette (Rousseeuw 1987): (b - a) / max(a, b), where a is a point's mean distance to the others of its group and b the least
 * mean distance to another group; 0 for a point alone in its group. Each point stands for `weights` points at its place.
 */
export function meanSilhouette({ x, y }: Plane, labels: Int32Array, groups: number, weights?: Float64Array): number {
  const masses = new Float64Array(groups);
  for (let at = 0; at < labels.length; at++) masses[labels[at]!]! += weights?.[at] ?? 1;
  const sums = new Float64Array(groups);
  let [total, mass] = [0, 0];
  for (let at = 0; at < labels.length; at++) {
    sums.fill(0);
    for (let other = 0; other < labels.length; other++) {
      const [dx, dy] = [x[at]! - x[other]!, y[at]! - y[other]!];
      sums[labels[other]!]! += Math.sqrt(dx * dx + dy * dy) * (weights === undefined ? 1 : weights[other]!);
    }
    const weight = weights?.[at] ?? 1;
    total += weight * silhouetteOf(sums, masses, labels[at]!);
    mass += weight;
  }
  return mass === 0 ? 0 : total / mass;
}

function silhouetteOf(sums: Float64Array, masses: Float64Array, own: number): number {
  if (masses[own]! <= 1) return 0;
  const inside = sums[own]! / (masses[own]! - 1);
  let outside = Number.POSITIVE_INFINITY;
  for (let group = 0; group < sums.length; group++)
    if (group !== own && masses[group]! > 0) outside = Math.min(outside, sums[group]! / masses[group]!);
  if (outside === Number.POSITIVE_INFINITY) return 0;
  const larger = Math.max(inside, outside);
  return larger === 0 ? 0 : (outside - inside) / larger;
}
