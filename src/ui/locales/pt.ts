import type { Catalogue } from '../locales.ts';
import accounts from './pt/accounts.json' with { type: 'json' };
import agreement from './pt/agreement.json' with { type: 'json' };
import chart from './pt/chart.json' with { type: 'json' };
import common from './pt/common.json' with { type: 'json' };
import demo from './pt/demo.json' with { type: 'json' };
import fields from './pt/fields.json' with { type: 'json' };
import network from './pt/network.json' with { type: 'json' };
import problems from './pt/problems.json' with { type: 'json' };
import reporting from './pt/reporting.json' with { type: 'json' };
import start from './pt/start.json' with { type: 'json' };

export const pt: Catalogue = { accounts, agreement, chart, common, demo, fields, network, problems, reporting, start };
