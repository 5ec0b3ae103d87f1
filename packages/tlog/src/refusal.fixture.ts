import { expect } from 'vitest';
import type { TlogErrorCode } from './tlog-error.ts';

/** What `toThrow` is to find: a refusal with this code. */
export function refusal(code: TlogErrorCode): { readonly code: TlogErrorCode } {
  return expect.objectContaining({ name: 'TlogError', code });
}
