import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Stage } from '../../../../test/support/cast.ts';
import { becomeMember, inNetwork } from '../../../../test/support/network.ts';
import type { PlainDate } from '../../../period.ts';
import * as actions from './actions.ts';
import { declarationStanding } from './advisory.ts';

const day = (text: string) => text as PlainDate;

describe('a declaration', () => {
  const term = { since: day('2026-01-01'), until: day('2028-12-31') };
  it('is due when the term begins and each year, overdue after thirty days, and no more once the term is over', () => {
    const at = (today: string, declaredOn?: string) =>
      declarationStanding(term, declaredOn === undefined ? undefined : day(declaredOn), day(today));
    expect(at('2025-12-31')).toBe('declared');
    expect(at('2026-01-01')).toBe('due');
    expect(at('2026-01-30')).toBe('due');
    expect(at('2026-01-31')).toBe('overdue');
    expect(at('2027-01-09', '2026-01-10')).toBe('declared');
    expect(at('2027-01-10', '2026-01-10')).toBe('due');
    expect(at('2027-02-09', '2026-01-10')).toBe('overdue');
    expect(at('2029-01-01')).toBe('over');
  });
});

describe('an advisory group', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
    stage.clock.set(new Date('2026-03-02T09:00:00Z'));
    await becomeMember(stage, 'chen', 'chen@example.org', { consents: new Set(['directory'] as const) });
    await becomeMember(stage, 'bruno');
  });
  afterAll(async () => stage[Symbol.asyncDispose]());

  it('has listed members for a term; each declares for himself, and what is overdue is shown', async () => {
    const open = (who: 'edu' | 'chen') =>
      inNetwork(stage, who, (work) =>
        actions.openGroup(work, {
          title: 'Digital health ethics',
          language: 'en',
          mandate: 'Advises on algorithms.',
          since: day('2026-01-01'),
          until: day('2027-12-31'),
        }),
      );
    await expect(open('chen')).rejects.toMatchObject({ code: 'not-allowed' });
    const group = await open('edu');
    const appoint = (email: string, since = '2026-01-01', until = '2026-12-31') =>
      inNetwork(stage, 'edu', (work) => actions.appoint(work, group, { email, since: day(since), until: day(until) }));
    for (const [given, code] of [
      [['nobody@example.org'], 'members.not-a-member'],
      [['bruno@example.org'], 'assembly.not-listed'],
      [['chen@example.org', '2026-01-01', '2028-01-01'], 'assembly.outside-mandate'],
    ] as const)
      await expect(appoint(...(given as [string]))).rejects.toMatchObject({ details: { fields: [{ code }] } });
    await appoint('chen@example.org');
    await expect(appoint('chen@example.org')).rejects.toMatchObject({
      details: { fields: [{ code: 'assembly.sits-already' }] },
    });
    const read = async () => (await stage.as('noOne', `/api/p/operator/advisory-groups/${group}`)).json();
    expect(await read()).toMatchObject({ seats: [{ name: 'Chen', standing: 'overdue', interests: null }] });
    const declare = (who: 'chen' | 'bruno' | 'noOne') =>
      inNetwork(stage, who, (work) => actions.declareInterests(work, group, 'Paid by a maker of sensors.'));
    await expect(declare('noOne')).rejects.toMatchObject({ code: 'not-signed-in' });
    await expect(declare('bruno')).rejects.toMatchObject({ code: 'not-allowed' });
    await declare('chen');
    expect(await read()).toMatchObject({
      seats: [{ standing: 'declared', interests: 'Paid by a maker of sensors.', declaredOn: '2026-03-02' }],
    });
    expect((await stage.as('noOne', `/p/operator/advisory-groups/${group}`)).text).toContain('Paid by a maker');
  });
});
