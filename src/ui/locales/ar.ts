import type { Catalogue } from '../locales.ts';
import accounts from './ar/accounts.json' with { type: 'json' };
import agreement from './ar/agreement.json' with { type: 'json' };
import assembly from './ar/assembly.json' with { type: 'json' };
import bulletins from './ar/bulletins.json' with { type: 'json' };
import chart from './ar/chart.json' with { type: 'json' };
import clusters from './ar/clusters.json' with { type: 'json' };
import common from './ar/common.json' with { type: 'json' };
import companion from './ar/companion.json' with { type: 'json' };
import decisions from './ar/decisions.json' with { type: 'json' };
import delays from './ar/delays.json' with { type: 'json' };
import demo from './ar/demo.json' with { type: 'json' };
import equity from './ar/equity.json' with { type: 'json' };
import events from './ar/events.json' with { type: 'json' };
import exchange from './ar/exchange.json' with { type: 'json' };
import fields from './ar/fields.json' with { type: 'json' };
import hub from './ar/hub.json' with { type: 'json' };
import mail from './ar/mail.json' with { type: 'json' };
import methods from './ar/methods.json' with { type: 'json' };
import members from './ar/members.json' with { type: 'json' };
import network from './ar/network.json' with { type: 'json' };
import observatory from './ar/observatory.json' with { type: 'json' };
import papers from './ar/papers.json' with { type: 'json' };
import problems from './ar/problems.json' with { type: 'json' };
import programme from './ar/programme.json' with { type: 'json' };
import reporting from './ar/reporting.json' with { type: 'json' };
import rights from './ar/rights.json' with { type: 'json' };
import rules from './ar/rules.json' with { type: 'json' };
import signals from './ar/signals.json' with { type: 'json' };
import start from './ar/start.json' with { type: 'json' };
import statements from './ar/statements.json' with { type: 'json' };
import workbench from './ar/workbench.json' with { type: 'json' };

export const ar: Catalogue = {
  accounts,
  agreement,
  assembly,
  bulletins,
  chart,
  clusters,
  common,
  companion,
  decisions,
  delays,
  demo,
  equity,
  events,
  exchange,
  fields,
  hub,
  mail,
  methods,
  members,
  network,
  observatory,
  papers,
  problems,
  programme,
  reporting,
  rights,
  rules,
  signals,
  start,
  statements,
  workbench,
};
