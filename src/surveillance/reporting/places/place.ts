import type { PlainDate } from '../../../period.ts';
import type { Geometry } from '../../../ui/map-geometry.ts';

export const placeKinds = ['area', 'facility'] as const;
export type PlaceKind = (typeof placeKinds)[number];

/** A place as a file describes it: the one above by its code. */
export interface PlaceDescription {
  readonly code: string;
  readonly name: string;
  readonly kind: PlaceKind;
  readonly parent: string | undefined;
  readonly level: number;
  readonly point: { readonly latitude: number; readonly longitude: number } | undefined;
  readonly population: number | undefined;
  readonly shape: Geometry | undefined;
  readonly validFrom: PlainDate | undefined;
  readonly validUntil: PlainDate | undefined;
}

export interface Place extends Omit<PlaceDescription, 'shape'> {
  readonly id: number;
  readonly parentId: number | undefined;
}

export const longestCode = 60;
export const longestName = 200;
