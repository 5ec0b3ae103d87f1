import type { Catalogue } from '../locales.ts';
import common from './ar/common.json' with { type: 'json' };
import fields from './ar/fields.json' with { type: 'json' };

export const ar: Catalogue = { common, fields };
