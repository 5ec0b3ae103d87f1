import type { Catalogue } from '../locales.ts';
import accounts from './fr/accounts.json' with { type: 'json' };
import agreement from './fr/agreement.json' with { type: 'json' };
import chart from './fr/chart.json' with { type: 'json' };
import common from './fr/common.json' with { type: 'json' };
import demo from './fr/demo.json' with { type: 'json' };
import fields from './fr/fields.json' with { type: 'json' };
import network from './fr/network.json' with { type: 'json' };
import problems from './fr/problems.json' with { type: 'json' };
import reporting from './fr/reporting.json' with { type: 'json' };
import start from './fr/start.json' with { type: 'json' };

export const fr: Catalogue = { accounts, agreement, chart, common, demo, fields, network, problems, reporting, start };
