import type { z } from 'zod';
import type { FieldError } from '../problem.ts';
import { isMessageKey, type Translate } from '../ui/locales.ts';

/**
 * What Zod refuses, in our own stable codes. A schema may name the code itself, as the message of its check:
 * `z.string().regex(weekForm, 'week-form')`. Codes are keys of the locales under `fields.`, or whole keys of a slice (`accounts.password-is-email`).
 */
export function fieldErrorsOf(error: z.ZodError, input: unknown): readonly FieldError[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((name) => fieldError([...path, name], 'unknown-field'));
    return [fieldError(path, codeOf(issue, valueAt(input, path)))];
  });
}

// The message is English until the edge knows who reads it (`inWords`).
const fieldError = (path: readonly string[], code: string): FieldError => ({
  path: path.join('.'),
  code,
  message: code,
});

function codeOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (keyOf(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      if (value === undefined || value === null) return 'required';
      if (issue.expected === 'int') return 'not-a-whole-number';
      return issue.expected === 'number' ? 'not-a-number' : 'wrong-form';
    case 'too_small':
      if (issue.origin === 'string') return value === '' ? 'required' : 'too-short';
      if (issue.origin === 'array' || issue.origin === 'set')
        return Array.isArray(value) && value.length === 0 ? 'required' : 'too-few';
      return issue.minimum === 0 ? 'negative' : 'too-small';
    case 'too_big':
      if (issue.origin === 'string') return 'too-long';
      return issue.origin === 'array' || issue.origin === 'set' ? 'too-many' : 'too-large';
    case 'invalid_value':
      return value === undefined || value === null ? 'required' : 'not-a-choice';
    case 'invalid_union':
      return value === undefined || value === null ? 'required' : 'wrong-form';
    case 'invalid_format':
      return codeOfFormat(issue.format, value);
    default:
      return 'wrong-form';
  }
}

function codeOfFormat(format: string, value: unknown): string {
  switch (format) {
    case 'email':
      return 'email-form';
    case 'url':
      return 'url-form';
    case 'date':
      return /^\d{4}-\d{2}-\d{2}$/.test(String(value)) ? 'date-impossible' : 'date-form';
    default:
      return 'wrong-form';
  }
}

function valueAt(input: unknown, path: readonly string[]): unknown {
  let value = input;
  for (const part of path) value = (value as Readonly<Record<string, unknown>> | null | undefined)?.[part];
  return value;
}

function keyOf(code: string) {
  const key = `fields.${code}`;
  if (isMessageKey(key)) return key;
  return isMessageKey(code) ? code : undefined;
}

/** In the reader's language. A code without words of its own is still better than none. */
export function inWords(errors: readonly FieldError[], t: Translate): readonly FieldError[] {
  return errors.map((error) => {
    const key = keyOf(error.code);
    return key ? { ...error, message: t(key) } : error;
  });
}
