import { describe, expect, it } from 'vitest';
import { detectLatest, methodSettings, parseMethod } from './method.ts';
import { createSeries } from './series.ts';

describe('a stored method is refused', () => {
  it.each([
    ['that nobody knows', { method: 'crystal-ball' }, 'control-unknown', 'method'],
    ['that is not an object', [], 'input-malformed', 'method'],
    ['with a setting it does not have', { method: 'rki', control: { alpha: 0.1 } }, 'control-unknown', 'control.alpha'],
    ['with a setting of another type', { method: 'bayes', control: { b: '2' } }, 'control-out-of-range', 'control.b'],
    [
      'with a setting out of range',
      { method: 'bayes', control: { alpha: 1 } },
      'control-out-of-range',
      'control.alpha',
    ],
    [
      'with a choice that is none',
      { method: 'farrington-flexible', control: { thresholdMethod: 'guess' } },
      'control-out-of-range',
      'control.thresholdMethod',
    ],
    [
      'whose rule is refused',
      { method: 'rule', rule: { kind: 'cases', compare: 'at-least' } },
      'input-malformed',
      'rule.cases',
    ],
  ])('%s', (_, input, code, field) => {
    expect(() => parseMethod(input)).toThrow(expect.objectContaining({ code, field }));
  });
});

describe('a stored method', () => {
  it('takes the settings that R has, under the names that R gives them', () => {
    const control = { 'c.ARL': 3, Mtilde: 2, M: 26, S: 2, trend: true };
    expect(parseMethod({ method: 'glr', control })).toEqual({ method: 'glr', control });
  });

  it('from before those names is read as what it says', () => {
    expect(parseMethod({ method: 'rogerson', control: { arl0: 100, fir: true } })).toEqual(
      parseMethod({ method: 'rogerson', control: { ARL0: 100, FIR: true } }),
    );
    expect(parseMethod({ method: 'glr', control: { m: 10 } })).toEqual({ method: 'glr', control: { M: 10 } });
    expect(() => parseMethod({ method: 'glr', control: { mTilde: 0 } })).toThrow('control.Mtilde');
  });
});

describe('every setting of every method refuses', () => {
  const all = Object.entries(methodSettings).flatMap(([method, settings]) =>
    settings.map((setting) => [`${method} ${setting.name}`, method, setting] as const),
  );
  const nonsense = (kind: string): unknown[] => {
    if (kind === 'numbers') return [[1], [Number.NaN, 4], [-1, 4], [5, 0], 'few'];
    if (kind === 'flag') return [1, 'yes'];
    if (kind === 'choice') return ['guess', 3];
    const numbers = [Number.NaN, Number.POSITIVE_INFINITY, -1e10, '1', [1]];
    return kind === 'whole' ? [...numbers, 1.5, 1e300] : numbers;
  };

  it.each(all)('what it cannot be: %s', (_, method, { name, kind }) => {
    for (const value of nonsense(kind)) {
      const field: unknown = expect.stringMatching(new RegExp(`^control\\.${name}(\\[\\d\\])?$`));
      expect(() => parseMethod({ method, control: { [name]: value } }), JSON.stringify(value)).toThrow(
        expect.objectContaining({ name: 'DetectError', code: 'control-out-of-range', field }),
      );
    }
  });
});

describe('every method', () => {
  it.each(Object.keys(methodSettings))('%s runs on its standard settings, which parse', (name) => {
    const settings = Object.entries(methodSettings).find(([key]) => key === name)?.[1] ?? [];
    const control = Object.fromEntries(
      settings.filter(({ standard }) => standard !== undefined).map((setting) => [setting.name, setting.standard]),
    );
    const bare = parseMethod({ method: name });
    const full = parseMethod({ method: name, control });
    const counts = Array.from({ length: 330 }, (_, t) => (t * 7919) % 13);
    const series = createSeries({ kind: 'week', start: '2015-01-05', counts });
    expect(detectLatest(series, full)).toEqual(detectLatest(series, bare));
    expect(detectLatest(series, full)?.index).toBe(329);
  });

  it('has nothing to say on an empty series', () => {
    expect(detectLatest(createSeries({ kind: 'week', counts: [] }), parseMethod({ method: 'ears' }))).toBeUndefined();
  });
});
