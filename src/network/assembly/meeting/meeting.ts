/** When an assembly can be called, who makes it able to decide, and at what time each item comes. Pure. */

const dayMs = 86_400_000;
const minuteMs = 60_000;

/** The last moment at which notice can be given. */
export const noticeDueAt = (startsAt: Date, noticeDays: number): Date =>
  new Date(startsAt.getTime() - noticeDays * dayMs);

/** So many of the organisations with a voice must be present; one at least. */
export const quorumOf = (voices: number, percent: number): number => Math.max(1, Math.ceil((voices * percent) / 100));

export interface Timed {
  readonly from: Date;
  readonly until: Date;
}

/** Items follow one another: nobody writes times that overlap. */
export function scheduleOf<Item extends { readonly minutes: number }>(
  startsAt: Date,
  items: readonly Item[],
): readonly (Item & Timed)[] {
  let from = startsAt;
  return items.map((item) => {
    const until = new Date(from.getTime() + item.minutes * minuteMs);
    const timed = { ...item, from, until };
    from = until;
    return timed;
  });
}
