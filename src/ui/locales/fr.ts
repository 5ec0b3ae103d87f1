import type { Catalogue } from '../locales.ts';
import common from './fr/common.json' with { type: 'json' };
import fields from './fr/fields.json' with { type: 'json' };

export const fr: Catalogue = { common, fields };
