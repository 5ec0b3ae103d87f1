/**
 * Threshold rules out of a DHIS2 metadata package (validation rules and predictors of a disease surveillance package).
 *
 * A validation rule that is *violated* is an alert: "value less than 1" means "1 case". One that compares two data elements is a
 * check of the data. A predictor of the form if(condition, 1, 0) writes an alert into a data element; where a validation
 * rule watches that element the two are one rule, where it only colours a map it is a companion.
 *
 * What the package gets wrong is reported with the rule and not reproduced:
 *  - an aggregate such as sum() inside a predictor sees the periods *before* the current one only, so that a window of four
 *    weeks misses the current week;
 *  - ">" where the package's own words say that reaching the number is enough;
 *  - a map that shows another threshold, or another data element, than the rule;
 *  - a part of the description that no expression computes.
 * An expression that is not understood is reported too; no rule is guessed from it.
 */
import { type Comparator, type Expression, listElements, parseExpression } from './dhis2-expression.ts';
import { DetectError } from './errors.ts';
import type { Comparison } from './result.ts';
import type { PopulationBound, Rule } from './rules.ts';

export interface ImportedRule {
  /** Identifier in the package: of the validation rule, or of the predictor where no rule watches it. */
  readonly source: { readonly kind: 'validation-rule' | 'predictor'; readonly id: string; readonly name: string };
  /** Data element counted. */
  readonly element: string;
  readonly elementName: string;
  readonly periodType: string;
  /** Levels of the hierarchy it is meant for, where the package names them. */
  readonly levels: readonly number[];
  /** The package's own words. */
  readonly description: string | undefined;
  readonly rule: Rule;
  readonly faults: readonly ImportFault[];
}

export type ImportFault =
  /** The aggregate covers so many periods before the current one; imported with the current one as the last. */
  | { readonly code: 'current-period-left-out'; readonly periods: number }
  /** Shipped as "more than", described as reaching the number; imported as reaching it. */
  | { readonly code: 'more-than-instead-of-at-least'; readonly cases: number }
  /** The window described is not a whole number of the shipped periods. */
  | { readonly code: 'window-differs'; readonly describedDays: number; readonly windowDays: number }
  /** The description names another number of cases than the expression. */
  | { readonly code: 'number-differs'; readonly described: number; readonly shipped: number }
  /** A map shows this threshold instead. */
  | { readonly code: 'map-threshold-differs'; readonly predictor: string; readonly shown: number }
  /** The map of this disease counts another data element. */
  | { readonly code: 'map-counts-another-element'; readonly predictor: string; readonly element: string }
  /** Described, but computed nowhere. */
  | { readonly code: 'doubling-not-implemented' }
  /** An upper limit that ends the alert when things get worse; imported without it. */
  | { readonly code: 'upper-limit-dropped'; readonly ratePer100k: number };

export interface DataCheck {
  readonly id: string;
  readonly name: string;
  /** Sum of the left elements `operator` sum of the right ones must hold. */
  readonly left: readonly string[];
  readonly operator: string;
  readonly right: readonly string[];
  /** Elements that a sum names more than once. */
  readonly repeated: readonly string[];
}

export interface Dhis2Import {
  readonly rules: readonly ImportedRule[];
  readonly checks: readonly DataCheck[];
  /** Predictors that show on a map what a rule already watches. */
  readonly companions: readonly { readonly id: string; readonly name: string }[];
  readonly notUnderstood: readonly { readonly id: string; readonly name: string; readonly expression: string }[];
}

interface Source {
  readonly id: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly periodType: string;
  readonly levels: readonly number[];
}

interface ValidationRule extends Source {
  readonly left: string;
  readonly operator: string;
  readonly right: string;
}

interface Predictor extends Source {
  readonly expression: string;
  readonly output: string;
  readonly periods: number;
}

/** One way in which a condition can be met, with what was noticed on the way. */
interface Alternative {
  readonly element: string;
  readonly rule: Rule;
  readonly faults: readonly ImportFault[];
}

const DAYS: Readonly<Record<string, number>> = { Daily: 1, Weekly: 7 };

export function importDhis2Rules(metadata: unknown): Dhis2Import {
  const root = asRecord(metadata, 'metadata');
  const names = new Map(
    asArray(root['dataElements'], 'dataElements').map((item, i) => {
      const element = asRecord(item, `dataElements[${i}]`);
      return [String(element['id']), String(element['name'] ?? element['id'])] as const;
    }),
  );
  const predictors = asArray(root['predictors'], 'predictors').map(readPredictor);
  const validationRules = asArray(root['validationRules'], 'validationRules').map(readValidationRule);
  const byOutput = new Map(predictors.map((predictor) => [predictor.output, predictor]));

  const rules: ImportedRule[] = [];
  const checks: DataCheck[] = [];
  const notUnderstood: { id: string; name: string; expression: string }[] = [];
  const watched = new Set<string>();
  const add = (kind: 'validation-rule' | 'predictor', source: Source, alternatives: readonly Alternative[]): void => {
    for (const { element, rule, faults } of alternatives)
      rules.push({
        source: { kind, id: source.id, name: source.name },
        element,
        elementName: names.get(element) ?? element,
        periodType: source.periodType,
        levels: source.levels,
        description: source.description,
        ...correct(rule, faults, source.description),
      });
  };

  for (const validation of validationRules) {
    const [left, right] = [parseExpression(validation.left), parseExpression(validation.right)];
    const refuse = (): number =>
      notUnderstood.push({
        id: validation.id,
        name: validation.name,
        expression: `${validation.left} ${validation.operator} ${validation.right}`,
      });
    if (left === undefined || right === undefined) {
      refuse();
      continue;
    }
    if (right.kind !== 'number') {
      const check = readCheck(validation, left, right);
      if (check === undefined) refuse();
      else checks.push(check);
      continue;
    }
    const comparator = VIOLATED_WHEN[validation.operator];
    const predictor = left.kind === 'element' ? byOutput.get(left.id) : undefined;
    if (predictor !== undefined && comparator === '>=' && right.value === 1) {
      const alternatives = readPredictorCondition(predictor);
      watched.add(predictor.id);
      if (alternatives === undefined)
        notUnderstood.push({ id: predictor.id, name: predictor.name, expression: predictor.expression });
      // What the rule says of itself counts, and the period and window of what it watches.
      else add('validation-rule', { ...validation, periodType: predictor.periodType }, alternatives);
      continue;
    }
    const condition: Expression | undefined =
      comparator === undefined ? undefined : { kind: 'compare', operator: comparator, left, right };
    const alternatives = condition === undefined ? undefined : readCondition(condition, validation.periodType, 0);
    if (alternatives === undefined) refuse();
    else add('validation-rule', validation, alternatives);
  }

  const companions: { id: string; name: string }[] = [];
  for (const predictor of predictors) {
    if (watched.has(predictor.id)) continue;
    const alternatives = readPredictorCondition(predictor);
    if (alternatives === undefined) {
      notUnderstood.push({ id: predictor.id, name: predictor.name, expression: predictor.expression });
      continue;
    }
    const unmatched = alternatives.filter((alternative) => !joinMap(rules, names, predictor, alternative));
    if (unmatched.length < alternatives.length) companions.push({ id: predictor.id, name: predictor.name });
    add('predictor', predictor, unmatched);
  }
  return { rules, checks, companions, notUnderstood };
}

/** Operator of the validation rule -> when it is violated. */
const VIOLATED_WHEN: Readonly<Record<string, Comparator>> = {
  less_than: '>=',
  less_than_or_equal_to: '>',
};

function readPredictorCondition(predictor: Predictor): Alternative[] | undefined {
  const expression = parseExpression(predictor.expression);
  if (expression?.kind !== 'call' || expression.name !== 'if') return undefined;
  const [condition, then, otherwise] = expression.args;
  if (condition === undefined || !isNumber(then, 1) || !isNumber(otherwise, 0)) return undefined;
  return readCondition(condition, predictor.periodType, predictor.periods);
}

/** The alternatives of a condition; undefined as soon as one of them is not understood. */
function readCondition(condition: Expression, periodType: string, periods: number): Alternative[] | undefined {
  const alternatives: Alternative[] = [];
  for (const term of condition.kind === 'any' ? condition.terms : [condition]) {
    const found = readAlternative(term.kind === 'all' ? term.terms : [term], periodType, periods);
    if (found === undefined) return undefined;
    alternatives.push(found);
  }
  return alternatives;
}

/** Comparisons that all have to hold: a number of cases, a rate, a size of population. */
function readAlternative(
  comparisons: readonly Expression[],
  periodType: string,
  periods: number,
): Alternative | undefined {
  const denominators = new Set(
    comparisons.flatMap((term) => (term.kind === 'compare' ? (readRatio(term.left)?.people ?? []) : [])),
  );
  let element: string | undefined;
  let cases: { readonly compare: Comparison; readonly number: number; readonly summed: boolean } | undefined;
  let rate: { readonly compare: Comparison; readonly per100k: number } | undefined;
  let population: PopulationBound | undefined;
  const faults: ImportFault[] = [];
  const counts = (id: string): boolean => {
    if (element !== undefined && element !== id) return false;
    element = id;
    return true;
  };
  for (const term of comparisons) {
    if (term.kind !== 'compare' || term.right.kind !== 'number') return undefined;
    const { operator, left } = term;
    const number = term.right.value;
    const compare = operator === '>=' ? 'at-least' : operator === '>' ? 'more-than' : undefined;
    const ratio = readRatio(left);
    const counted = readCounted(left);
    if (ratio !== undefined) {
      if (!counts(ratio.cases)) return undefined;
      const per100k = Math.round(number * 1e5 * 1e9) / 1e9;
      if (compare !== undefined) rate = { compare, per100k };
      else if (operator === '<' || operator === '<=')
        faults.push({ code: 'upper-limit-dropped', ratePer100k: per100k });
      else return undefined;
    } else if (counted !== undefined && !counted.summed && isPopulation(counted.id, denominators, number)) {
      const bound = POPULATION_BOUND[operator];
      if (bound === undefined) return undefined;
      population = { compare: bound, people: number };
    } else if (counted !== undefined && compare !== undefined) {
      if (!counts(counted.id)) return undefined;
      cases = { compare, number, summed: counted.summed };
    } else return undefined;
  }
  if (element === undefined) return undefined;
  const scope = population === undefined ? {} : { population };
  if (rate !== undefined) {
    if (cases?.summed === true || cases?.compare === 'more-than') return undefined;
    const minimum = cases === undefined ? {} : { minimumCases: cases.number };
    return {
      element,
      faults,
      rule: { kind: 'rate-per-100k', compare: rate.compare, ratePer100k: rate.per100k, ...minimum, ...scope },
    };
  }
  if (cases === undefined) return undefined;
  if (!cases.summed)
    return { element, faults, rule: { kind: 'cases', compare: cases.compare, cases: cases.number, ...scope } };
  const days = DAYS[periodType];
  if (days === undefined || periods < 1) return undefined;
  return {
    element,
    faults: [...faults, { code: 'current-period-left-out', periods }],
    rule: {
      kind: 'cases-in-window',
      compare: cases.compare,
      cases: cases.number,
      windowDays: days * periods,
      ...scope,
    },
  };
}

/** Larger numbers than any weekly count, or an element that cases are divided by. */
const LEAST_POPULATION = 5000;

const POPULATION_BOUND: Readonly<Partial<Record<Comparator, PopulationBound['compare']>>> = {
  '>=': 'at-least',
  '>': 'more-than',
  '<=': 'at-most',
  '<': 'less-than',
};

function isPopulation(id: string, denominators: ReadonlySet<string>, number: number): boolean {
  return denominators.has(id) || number >= LEAST_POPULATION;
}

function readRatio(expression: Expression): { readonly cases: string; readonly people: string } | undefined {
  if (expression.kind !== 'arithmetic' || expression.operator !== '/') return undefined;
  const { left, right } = expression;
  return left.kind === 'element' && right.kind === 'element' ? { cases: left.id, people: right.id } : undefined;
}

function readCounted(expression: Expression): { readonly id: string; readonly summed: boolean } | undefined {
  if (expression.kind === 'element') return { id: expression.id, summed: false };
  if (expression.kind !== 'call' || expression.name !== 'sum') return undefined;
  const [argument, ...others] = expression.args;
  return argument?.kind === 'element' && others.length === 0 ? { id: argument.id, summed: true } : undefined;
}

/** What the package says of a rule against what it ships. */
function correct(
  rule: Rule,
  faults: readonly ImportFault[],
  description: string | undefined,
): { readonly rule: Rule; readonly faults: readonly ImportFault[] } {
  const found = [...faults];
  if (description === undefined) return { rule, faults: found };
  if (/doubling/i.test(description) && rule.kind === 'cases') found.push({ code: 'doubling-not-implemented' });
  if (rule.kind !== 'cases' && rule.kind !== 'cases-in-window') return { rule, faults: found };
  const described = describedCases(description);
  let corrected: Rule = rule;
  if (rule.compare === 'more-than' && described.includes(rule.cases)) {
    found.push({ code: 'more-than-instead-of-at-least', cases: rule.cases });
    corrected = { ...rule, compare: 'at-least' };
  } else if (described.length === 1 && described[0] !== undefined && described[0] !== rule.cases)
    found.push({ code: 'number-differs', described: described[0], shipped: rule.cases });
  const days = /\bin (\d+) days\b/i.exec(description)?.[1];
  if (rule.kind === 'cases-in-window' && days !== undefined && Number(days) !== rule.windowDays)
    found.push({ code: 'window-differs', describedDays: Number(days), windowDays: rule.windowDays });
  return { rule: corrected, faults: found };
}

/** "3 confirmed cases", "1 suspected case": the numbers in front of the word, rates left out. */
function describedCases(description: string): number[] {
  return [...description.matchAll(/(\d+)(?: or more)?(?: [a-z]+){0,2} cases?(?!\s*\/)/gi)].map((match) =>
    Number(match[1]),
  );
}

/**
 * Whether a rule already watches what the predictor shows. Where it does, and the two disagree, the rule learns of it:
 * by the same data element with another number, or by another data element of the same disease.
 */
function joinMap(
  rules: ImportedRule[],
  names: ReadonlyMap<string, string>,
  predictor: Predictor,
  { element, rule }: Alternative,
): boolean {
  const shown = rule.kind === 'cases' ? rule.cases : undefined;
  const learn = (at: number, fault: ImportFault): void => {
    const known = rules[at]!;
    rules[at] = { ...known, faults: [...known.faults, fault] };
  };
  const same = rules.findIndex(
    (candidate) => candidate.source.kind === 'validation-rule' && candidate.element === element,
  );
  if (same >= 0) {
    const watched = rules[same]!.rule;
    if (shown !== undefined && watched.kind === 'cases' && watched.cases !== shown)
      learn(same, { code: 'map-threshold-differs', predictor: predictor.id, shown });
    return true;
  }
  const disease = diseaseOf(names.get(element));
  const related = rules.findIndex(
    (candidate) => candidate.source.kind === 'validation-rule' && diseaseOf(candidate.elementName) === disease,
  );
  if (disease === undefined || related < 0) return false;
  learn(related, { code: 'map-counts-another-element', predictor: predictor.id, element });
  return true;
}

/** "IDS - Rabies  (Deaths)" -> "ids - rabies" */
function diseaseOf(name: string | undefined): string | undefined {
  const bracket = name?.lastIndexOf('(') ?? -1;
  return name === undefined || bracket <= 0 ? undefined : name.slice(0, bracket).trim().toLowerCase();
}

function readCheck(validation: ValidationRule, left: Expression, right: Expression): DataCheck | undefined {
  const [leftElements, rightElements] = [listSum(left), listSum(right)];
  if (leftElements === undefined || rightElements === undefined) return undefined;
  return {
    id: validation.id,
    name: validation.name,
    left: [...new Set(leftElements)],
    operator: validation.operator,
    right: [...new Set(rightElements)],
    repeated: [...findRepeated(leftElements), ...findRepeated(rightElements)],
  };
}

/** Elements of a plain sum. */
function listSum(expression: Expression): string[] | undefined {
  const isSum = (part: Expression): boolean =>
    part.kind === 'element' ||
    (part.kind === 'arithmetic' && part.operator === '+' && isSum(part.left) && isSum(part.right));
  return isSum(expression) ? listElements(expression) : undefined;
}

function findRepeated(elements: readonly string[]): string[] {
  return [...new Set(elements.filter((element, i) => elements.indexOf(element) !== i))];
}

function readPredictor(input: unknown, i: number): Predictor {
  const field = `predictors[${i}]`;
  const record = asRecord(input, field);
  const generator = asRecord(record['generator'], `${field}.generator`);
  return {
    ...readSource(record),
    expression: asText(generator['expression'], `${field}.generator.expression`),
    output: asText(asRecord(record['output'], `${field}.output`)['id'], `${field}.output.id`),
    periods: Number(record['sequentialSampleCount'] ?? 0),
  };
}

function readValidationRule(input: unknown, i: number): ValidationRule {
  const field = `validationRules[${i}]`;
  const record = asRecord(input, field);
  const side = (name: string): string =>
    asText(asRecord(record[name], `${field}.${name}`)['expression'], `${field}.${name}.expression`);
  return {
    ...readSource(record),
    left: side('leftSide'),
    operator: asText(record['operator'], `${field}.operator`),
    right: side('rightSide'),
  };
}

function readSource(record: Readonly<Record<string, unknown>>): Source {
  const levels = record['organisationUnitLevels'];
  const description = record['description'];
  return {
    id: String(record['id']),
    name: String(record['name']),
    description: typeof description === 'string' ? description : undefined,
    periodType: String(record['periodType']),
    levels: Array.isArray(levels) ? levels.filter((level) => typeof level === 'number') : [],
  };
}

function isNumber(expression: Expression | undefined, value: number): boolean {
  return expression?.kind === 'number' && expression.value === value;
}

function asRecord(value: unknown, field: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new DetectError('input-malformed', field);
  return { ...value };
}

function asArray(value: unknown, field: string): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new DetectError('input-malformed', field);
  return value;
}

function asText(value: unknown, field: string): string {
  if (typeof value !== 'string') throw new DetectError('input-malformed', field);
  return value;
}
