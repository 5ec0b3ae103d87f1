import { partyKinds } from '../../acts/spine-types.ts';
import type { Caller } from '../../http/caller.ts';
import type { Reading } from '../../house.ts';
import type { MemberId } from '../../ids.ts';
import { incomeGroups, listCountryGroups, whoRegions } from '../../network/members/groups.ts';
import { genders } from '../../network/members/member.ts';
import { networkFactsOf, networkPath } from '../../network/members/section.tsx';
import { plainDateAt } from '../../period.ts';
import type { FloorTimeAnswer } from '../companion/answers.ts';
import { readFloorTime } from '../companion/reading.ts';
import { describeSpace, spacePath } from '../programme/answers.ts';
import { finishOf, type DialogueSession } from '../programme/sessions/session.ts';
import { listSessions } from '../programme/sessions/store.ts';
import type { Space } from '../programme/spaces/space.ts';
import type { Dimension, DimensionAnswer, EquityAnswer, VoicesAnswer } from './answers.ts';
import {
  countFunnel,
  countSilent,
  funnelSteps,
  leastPeople,
  powerParity,
  type FunnelRow,
  type FunnelStep,
} from './funnel.ts';
import { disparity, gini, theilBetween, type GroupShare } from './measures.ts';
import type { PowerSource } from './sources.ts';
import * as store from './store.ts';

const groupsOf: Readonly<Record<Dimension, readonly string[]>> = {
  constituency: partyKinds,
  gender: genders,
  region: whoRegions,
  income: incomeGroups,
};

export async function describeVoices(
  { reader, house }: Reading,
  sources: readonly PowerSource[],
  space: Space | undefined,
): Promise<VoicesAnswer> {
  const at = house.clock.now();
  const classificationYear = at.getUTCFullYear();
  const countries = await listCountryGroups(reader, classificationYear);
  const adopted = await membersOf('adopted');
  const decided = await membersOf('decided');
  const alike = await store.listAlike(reader, {
    space: space?.id,
    at,
    adopted: adopted ?? [],
    decided: decided ?? [],
  });
  // A step of which nobody keeps a record is left out: it would look like nobody.
  const steps = funnelSteps.filter(
    (step) => (step !== 'adopted' || adopted !== undefined) && (step !== 'decided' || decided !== undefined),
  );
  const groupIn = (row: store.Alike, dimension: Dimension): string | undefined => {
    const country = row.country === null ? undefined : countries.get(row.country);
    switch (dimension) {
      case 'constituency':
        return row.constituency;
      case 'gender':
        return row.gender ?? undefined;
      case 'region':
        return country?.whoRegion;
      case 'income':
        return country?.incomeGroup;
    }
  };
  const funnels = (Object.keys(groupsOf) as Dimension[]).map((dimension) => ({
    dimension,
    rows: countFunnel(
      alike.map((row) => ({ group: groupIn(row, dimension), steps: stepsOf(row), people: row.people })),
      groupsOf[dimension],
      steps,
    ),
  }));
  // A total that one table withholds must not stand over another: what is left of the first would follow.
  const totals = steps.map((step, at) => ({
    step,
    total: funnels.some(({ rows }) => rows[at]?.total === null) ? null : (funnels[0]?.rows[at]?.total ?? null),
  }));
  const shown = funnels.map(({ dimension, rows }) => ({
    dimension,
    rows: rows.map((row, at) => (totals[at]?.total === null ? { ...row, total: null } : row)),
  }));
  return {
    classificationYear,
    sessions: await store.countSessions(reader, space?.id, at),
    steps,
    totals,
    silent: countSilent(alike.map((row) => ({ group: undefined, steps: stepsOf(row), people: row.people }))),
    dimensions: shown.map(({ dimension, rows }) => describeDimension(dimension, rows)),
    roundedTo: leastPeople,
  };

  async function membersOf(step: PowerSource['step']): Promise<readonly MemberId[] | undefined> {
    return sources.find((source) => source.step === step)?.list(reader, space?.id);
  }
}

function stepsOf(row: store.Alike): ReadonlySet<FunnelStep> {
  // Everybody here was reached: by an invitation, by joining, by registering.
  return new Set(funnelSteps.filter((step) => step === 'invited' || row[step]));
}

/** Groups of which there is nobody are left out. */
function describeDimension(dimension: Dimension, rows: readonly FunnelRow[]): DimensionAnswer {
  const present = new Set(
    rows.flatMap(({ groups }) => groups.filter(({ people }) => people !== 0).map(({ group }) => group)),
  );
  return {
    dimension,
    rows: rows.map(({ step, total, groups }) => ({
      step,
      total,
      groups: groups.filter(({ group }) => present.has(group)).map((cell) => ({ ...cell })),
    })),
    power: [...present].map((group) => ({ group, parity: powerParity(rows, group) })),
  };
}

export async function describeEquity(
  reading: Reading & Caller,
  sources: readonly PowerSource[],
  space: Space | undefined,
): Promise<EquityAnswer> {
  const network = networkFactsOf(reading);
  const today = plainDateAt(reading.house.clock.now(), 'UTC');
  const above = space ? spacePath(network.slug, space.slug) : networkPath(network.slug);
  return {
    network,
    space: space ? describeSpace(space, network.slug, reading.locale, today) : null,
    path: `${above}/equal-power`,
    voices: await describeVoices(reading, sources, space),
    floor: space ? await describeFloor(reading, space) : null,
  };
}

/** Sums of what the pages of the sessions show, so that nothing follows by subtracting one from the other. */
async function describeFloor({ reader, house }: Reading, space: Space): Promise<EquityAnswer['floor']> {
  const now = house.clock.now();
  const over = (await listSessions(reader, space.id, ['announced'])).filter((session) => finishOf(session) <= now);
  const times: FloorTimeAnswer[] = [];
  for (const session of over) {
    const time = await readFloorTime(reader, session);
    if (time) times.push(time);
  }
  if (times.length === 0) return null;
  const time = addUp(times);
  const people = time.groups.reduce((sum, group) => sum + group.people, 0);
  const shares: readonly GroupShare[] = time.groups.map((group) => ({
    group: group.constituency ?? '',
    share: time.totalSeconds === 0 ? 0 : group.seconds / time.totalSeconds,
    reference: group.people / people,
  }));
  return {
    time,
    concentration: await concentrationIn(reader, over),
    gap: time.totalSeconds === 0 ? null : disparity(shares),
    theil: time.totalSeconds === 0 ? null : theilBetween(shares),
  };
}

async function concentrationIn(
  reader: Reading['reader'],
  sessions: readonly DialogueSession[],
): Promise<number | null> {
  const named = sessions.filter(({ isChathamHouse }) => !isChathamHouse).map(({ id }) => id);
  const seconds = await store.listPersonSeconds(reader, named);
  return seconds.length < leastPeople ? null : (gini(seconds) ?? null);
}

/** People are counted once for each session: time is compared with who was there to speak. */
function addUp(times: readonly FloorTimeAnswer[]): FloorTimeAnswer {
  const groups = new Map<string | null, FloorTimeAnswer['groups'][number]>();
  for (const group of times.flatMap((time) => time.groups)) {
    const had = groups.get(group.constituency);
    groups.set(group.constituency, {
      constituency: group.constituency,
      people: (had?.people ?? 0) + group.people,
      turns: (had?.turns ?? 0) + group.turns,
      seconds: (had?.seconds ?? 0) + group.seconds,
    });
  }
  return {
    totalSeconds: times.reduce((sum, { totalSeconds }) => sum + totalSeconds, 0),
    groups: [...groups.values()].toSorted(
      (a, b) => Number(a.constituency === null) - Number(b.constituency === null) || b.seconds - a.seconds,
    ),
  };
}
