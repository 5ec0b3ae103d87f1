import type { Tx } from '../../../db/database.ts';
import type { PartyId } from '../../../ids.ts';
import * as observations from '../observations/store.ts';

/** Values on their way into the `incoming` table. Added one by one without waiting; sent together by `send`. */
export interface SeriesBatch {
  add(row: number, indicator: number, place: number, startDay: number, value: number): void;
  /** When there are enough of them, or at the end: all of them. The previous batch is awaited, this one is on its way. */
  send(isLast: boolean): Promise<void>;
  /** After the last: which series the file speaks of, and from when to when. */
  spans(): readonly observations.SeriesSpan[];
  readonly count: number;
}

const enough = 20_000;

interface Slot {
  readonly indicatorId: number;
  readonly placeId: number;
  firstDay: number;
  lastDay: number;
  /** 0 until the database has given it. */
  seriesId: number;
}

export function openSeriesBatch(tx: Tx, party: PartyId): SeriesBatch {
  const slots: Slot[] = [];
  const slotOf = new Map<number, Map<number, number>>();
  let lastIndicator = 0;
  let ofLastIndicator = new Map<number, number>();
  let capacity = enough * 2;
  let rows = new Int32Array(capacity);
  let series = new Int32Array(capacity);
  let days = new Int32Array(capacity);
  let values = new Int32Array(capacity);
  let length = 0;
  let count = 0;
  let identified = 0;
  let sending: Promise<void> = Promise.resolve();

  const findSlot = (indicator: number, place: number, day: number): number => {
    if (indicator !== lastIndicator) {
      lastIndicator = indicator;
      ofLastIndicator = slotOf.get(indicator) ?? new Map<number, number>();
      slotOf.set(indicator, ofLastIndicator);
    }
    let slot = ofLastIndicator.get(place);
    if (slot === undefined) {
      slot = slots.length;
      ofLastIndicator.set(place, slot);
      slots.push({ indicatorId: indicator, placeId: place, firstDay: day, lastDay: day, seriesId: 0 });
    }
    return slot;
  };

  const grow = (): void => {
    capacity *= 2;
    const larger = (numbers: Int32Array): Int32Array<ArrayBuffer> => {
      const copy = new Int32Array(capacity);
      copy.set(numbers);
      return copy;
    };
    [rows, series, days, values] = [larger(rows), larger(series), larger(days), larger(values)];
  };

  const identify = async (): Promise<void> => {
    if (identified === slots.length) return;
    const unknown = slots.slice(identified);
    const ids = await observations.ensureSeries(tx, party, unknown);
    unknown.forEach((slot, at) => (slot.seriesId = ids[at] ?? 0));
    identified = slots.length;
  };

  return {
    add(row, indicator, place, startDay, value) {
      if (length === capacity) grow();
      const at = findSlot(indicator, place, startDay);
      const slot = slots[at];
      if (slot) {
        if (startDay < slot.firstDay) slot.firstDay = startDay;
        if (startDay > slot.lastDay) slot.lastDay = startDay;
      }
      rows[length] = row;
      series[length] = at;
      days[length] = startDay;
      values[length] = value;
      length++;
      count++;
    },
    async send(isLast) {
      if (length >= enough || (isLast && length > 0)) {
        await sending;
        await identify();
        for (let at = 0; at < length; at++) series[at] = slots[series[at] ?? 0]?.seriesId ?? 0;
        // The numbers are copied into the message before this returns, so the arrays are free for the next batch.
        sending = observations.appendIncoming(tx, { rows, series, days, values, length });
        // Its failure is reported by the next `send`; until then it must not look unhandled.
        sending.catch(() => {});
        length = 0;
      }
      if (isLast) await sending;
    },
    spans: () => slots,
    get count() {
      return count;
    },
  };
}
