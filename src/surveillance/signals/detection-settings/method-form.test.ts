import { describe, expect, test } from 'vitest';
import { Problem } from '../../../problem.ts';
import {
  isOptional,
  methodBody,
  methodKindNames,
  methodOf,
  ruleKindNames,
  ruleKinds,
  statistics,
  usualValues,
  valuesOf,
  type MethodBody,
  type MethodKind,
} from './method-form.ts';

/** As a browser sends it: text, controls under their own names. */
function usual(kind: MethodKind): MethodBody {
  const control: Record<string, string> = {};
  const fields: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(usualValues(kind)))
    if (name.startsWith('control.')) control[name.slice('control.'.length)] = value;
    else fields[name] = name === 'compare' ? value : Number(value);
  return methodBody.parse({ kind, ...fields, control });
}

const refused = (body: MethodBody): unknown => {
  try {
    return methodOf(body);
  } catch (error) {
    return error instanceof Problem ? error.details : error;
  }
};

describe('a method as people write it', () => {
  test.each(methodKindNames)(
    '%s: the values the form begins with are accepted, and are shown again as they were',
    (kind) => {
      expect(valuesOf(methodOf(usual(kind)))).toEqual({ kind, ...usualValues(kind) });
    },
  );

  test.each(ruleKindNames)('%s: a number left out is asked for, at its field', (kind) => {
    for (const field of ruleKinds[kind]) {
      const { [field]: _, ...rest } = usual(kind);
      if (isOptional(kind, field)) expect(() => methodOf(rest)).not.toThrow();
      else expect(refused(rest)).toMatchObject({ fields: [{ path: field, code: 'required' }] });
    }
  });

  test('a number out of range is refused at its field', () => {
    expect(refused({ ...usual('cases'), cases: 0 })).toMatchObject({ fields: [{ path: 'cases' }] });
    expect(refused({ ...usual('quantile-of-past-years'), share: 175 })).toMatchObject({ fields: [{ path: 'share' }] });
    expect(refused({ ...usual('cases-in-window'), windowDays: 2.5 })).toMatchObject({
      fields: [{ path: 'windowDays' }],
    });
    expect(refused({ ...usual('cases'), people: 30_000 })).toMatchObject({ fields: [{ path: 'populationCompare' }] });
  });

  test('a control of a statistic is refused under its own name: unknown, no number, out of range', () => {
    const flexible = (control: MethodBody['control']): unknown => refused({ kind: 'farrington-flexible', control });
    expect(flexible({ alfa: '0.01' })).toMatchObject({ fields: [{ path: 'control.alfa', code: 'unknown-field' }] });
    expect(flexible({ b: 'five' })).toMatchObject({ fields: [{ path: 'control.b', code: 'not-a-number' }] });
    expect(flexible({ alpha: '2' })).toMatchObject({ fields: [{ path: 'control.alpha' }] });
    expect(flexible({ b: '2.5' })).toMatchObject({ fields: [{ path: 'control.b' }] });
    expect(flexible({ thresholdMethod: 'muon' })).toMatchObject({ fields: [{ path: 'control.thresholdMethod' }] });
    expect(flexible({ limit54: '5' })).toMatchObject({ fields: [{ path: 'control.limit54' }] });
    expect(refused({ kind: 'ears', control: { method: 'C4' } })).toMatchObject({
      fields: [{ path: 'control.method' }],
    });
  });

  test.each(statistics)('%s: no control takes nonsense, and each refusal names a control', (kind) => {
    for (const name of Object.keys(usualValues(kind)).filter((field) => field.startsWith('control.'))) {
      const details = refused({ ...usual(kind), control: { [name.slice('control.'.length)]: '-7e9' } });
      if (details === undefined || !(details as { fields?: unknown }).fields) continue;
      expect(details).toMatchObject({ fields: [{ path: expect.stringMatching(/^control\./) as string }] });
    }
  });
});
