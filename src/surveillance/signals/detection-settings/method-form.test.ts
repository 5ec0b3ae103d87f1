import { describe, expect, test } from 'vitest';
import { Problem } from '../../../problem.ts';
import {
  methodBody,
  methodKindNames,
  methodKinds,
  methodOf,
  usualValues,
  valuesOf,
  type MethodBody,
} from './method-form.ts';

const usual = (kind: (typeof methodKindNames)[number]): MethodBody =>
  methodBody.parse({
    kind,
    ...Object.fromEntries(
      Object.entries(usualValues[kind]).map(([name, value]) => [name, name === 'compare' ? value : Number(value)]),
    ),
  });

describe('a method as people write it', () => {
  test.each(methodKindNames)(
    '%s: the values the form begins with are accepted, and are shown again as they were',
    (kind) => {
      expect(valuesOf(methodOf(usual(kind)))).toEqual({ kind, ...usualValues[kind] });
    },
  );

  test.each(methodKindNames)('%s: a number left out is asked for, at its field', (kind) => {
    for (const field of methodKinds[kind]) {
      const { [field]: _, ...rest } = usual(kind);
      try {
        methodOf(rest);
        expect(['minimumCases', 'windowDays']).toContain(field);
      } catch (error) {
        expect(error).toBeInstanceOf(Problem);
        expect((error as Problem).details).toMatchObject({ fields: [{ path: field, code: 'required' }] });
      }
    }
  });

  test('a number out of range is refused at its field', () => {
    const refused = (body: MethodBody): unknown => {
      try {
        return methodOf(body);
      } catch (error) {
        return (error as Problem).details;
      }
    };
    expect(refused({ ...usual('cases'), cases: 0 })).toMatchObject({ fields: [{ path: 'cases' }] });
    expect(refused({ ...usual('C1'), alpha: 2 })).toMatchObject({ fields: [{ path: 'alpha' }] });
    expect(refused({ ...usual('quantile-of-past-years'), share: 175 })).toMatchObject({ fields: [{ path: 'share' }] });
    expect(refused({ ...usual('cases-in-window'), windowDays: 2.5 })).toMatchObject({
      fields: [{ path: 'windowDays' }],
    });
  });
});
