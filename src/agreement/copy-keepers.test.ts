import { describe, expect, it } from 'vitest';
import { actOf, ambria, documentWith, sorell, tarn, weeklyTable } from '../../test/support/instruments.ts';
import type { Did } from '../ids.ts';
import { propose } from './act-types.ts';
import { partyWithoutKeepers } from './copy-keepers.ts';
import { instrumentProcedure } from './instrument.ts';

const vkey = `tarn.example/confirm+00000000+${'A'.repeat(44)}`;
const textWith = (operators: readonly Did[], k = 1) =>
  documentWith([weeklyTable], { copyKeepers: { keepers: operators.map((operator) => ({ operator, vkey })), k } });

describe('the copy-keepers that a text names', () => {
  it.each<[string, readonly Did[], number, Did | undefined]>([
    ['a third party for both', [tarn], 1, undefined],
    ['each party for the other', [ambria, sorell], 1, undefined],
    ['only one of the two parties: its own log has none', [sorell], 1, sorell],
    ['both and a third, two to confirm', [ambria, sorell, tarn], 2, undefined],
    ['both, two to confirm: each has only one other', [ambria, sorell], 2, ambria],
    ['one operator under two names', [tarn, `${tarn}:p:guest` as Did], 2, ambria],
    ['a party and the one that it hosts', [sorell, `${sorell}:p:village` as Did], 1, sorell],
  ])('%s', (_name, operators, k, without) => {
    expect(partyWithoutKeepers(textWith(operators, k))).toBe(without);
    const opening = actOf(propose, ambria, {}, textWith(operators, k));
    expect(instrumentProcedure.refusesOpening(opening)).toBe(without === undefined ? undefined : 'keepers-too-few');
  });
});
