import type { Catalogue } from '../locales.ts';
import accounts from './fr/accounts.json' with { type: 'json' };
import agreement from './fr/agreement.json' with { type: 'json' };
import assembly from './fr/assembly.json' with { type: 'json' };
import bulletins from './fr/bulletins.json' with { type: 'json' };
import chart from './fr/chart.json' with { type: 'json' };
import clusters from './fr/clusters.json' with { type: 'json' };
import common from './fr/common.json' with { type: 'json' };
import companion from './fr/companion.json' with { type: 'json' };
import decisions from './fr/decisions.json' with { type: 'json' };
import delays from './fr/delays.json' with { type: 'json' };
import demo from './fr/demo.json' with { type: 'json' };
import equity from './fr/equity.json' with { type: 'json' };
import events from './fr/events.json' with { type: 'json' };
import exchange from './fr/exchange.json' with { type: 'json' };
import fields from './fr/fields.json' with { type: 'json' };
import hub from './fr/hub.json' with { type: 'json' };
import mail from './fr/mail.json' with { type: 'json' };
import methods from './fr/methods.json' with { type: 'json' };
import members from './fr/members.json' with { type: 'json' };
import network from './fr/network.json' with { type: 'json' };
import observatory from './fr/observatory.json' with { type: 'json' };
import papers from './fr/papers.json' with { type: 'json' };
import problems from './fr/problems.json' with { type: 'json' };
import programme from './fr/programme.json' with { type: 'json' };
import reporting from './fr/reporting.json' with { type: 'json' };
import rights from './fr/rights.json' with { type: 'json' };
import rules from './fr/rules.json' with { type: 'json' };
import signals from './fr/signals.json' with { type: 'json' };
import start from './fr/start.json' with { type: 'json' };
import statements from './fr/statements.json' with { type: 'json' };
import workbench from './fr/workbench.json' with { type: 'json' };

export const fr: Catalogue = {
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
