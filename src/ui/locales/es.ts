import type { Catalogue } from '../locales.ts';
import accounts from './es/accounts.json' with { type: 'json' };
import agreement from './es/agreement.json' with { type: 'json' };
import assembly from './es/assembly.json' with { type: 'json' };
import bulletins from './es/bulletins.json' with { type: 'json' };
import chart from './es/chart.json' with { type: 'json' };
import clusters from './es/clusters.json' with { type: 'json' };
import common from './es/common.json' with { type: 'json' };
import companion from './es/companion.json' with { type: 'json' };
import decisions from './es/decisions.json' with { type: 'json' };
import delays from './es/delays.json' with { type: 'json' };
import demo from './es/demo.json' with { type: 'json' };
import equity from './es/equity.json' with { type: 'json' };
import events from './es/events.json' with { type: 'json' };
import exchange from './es/exchange.json' with { type: 'json' };
import fields from './es/fields.json' with { type: 'json' };
import hub from './es/hub.json' with { type: 'json' };
import mail from './es/mail.json' with { type: 'json' };
import methods from './es/methods.json' with { type: 'json' };
import members from './es/members.json' with { type: 'json' };
import network from './es/network.json' with { type: 'json' };
import observatory from './es/observatory.json' with { type: 'json' };
import papers from './es/papers.json' with { type: 'json' };
import problems from './es/problems.json' with { type: 'json' };
import programme from './es/programme.json' with { type: 'json' };
import reporting from './es/reporting.json' with { type: 'json' };
import rights from './es/rights.json' with { type: 'json' };
import rules from './es/rules.json' with { type: 'json' };
import signals from './es/signals.json' with { type: 'json' };
import start from './es/start.json' with { type: 'json' };
import statements from './es/statements.json' with { type: 'json' };
import workbench from './es/workbench.json' with { type: 'json' };

export const es: Catalogue = {
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
