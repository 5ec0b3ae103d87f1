import type { Catalogue } from '../locales.ts';
import common from './es/common.json' with { type: 'json' };
import fields from './es/fields.json' with { type: 'json' };

export const es: Catalogue = { common, fields };
