import type { Catalogue } from '../locales.ts';
import accounts from './pt/accounts.json' with { type: 'json' };
import agreement from './pt/agreement.json' with { type: 'json' };
import assembly from './pt/assembly.json' with { type: 'json' };
import bulletins from './pt/bulletins.json' with { type: 'json' };
import chart from './pt/chart.json' with { type: 'json' };
import clusters from './pt/clusters.json' with { type: 'json' };
import common from './pt/common.json' with { type: 'json' };
import companion from './pt/companion.json' with { type: 'json' };
import decisions from './pt/decisions.json' with { type: 'json' };
import delays from './pt/delays.json' with { type: 'json' };
import demo from './pt/demo.json' with { type: 'json' };
import equity from './pt/equity.json' with { type: 'json' };
import events from './pt/events.json' with { type: 'json' };
import exchange from './pt/exchange.json' with { type: 'json' };
import fields from './pt/fields.json' with { type: 'json' };
import hub from './pt/hub.json' with { type: 'json' };
import mail from './pt/mail.json' with { type: 'json' };
import methods from './pt/methods.json' with { type: 'json' };
import members from './pt/members.json' with { type: 'json' };
import network from './pt/network.json' with { type: 'json' };
import observatory from './pt/observatory.json' with { type: 'json' };
import papers from './pt/papers.json' with { type: 'json' };
import problems from './pt/problems.json' with { type: 'json' };
import programme from './pt/programme.json' with { type: 'json' };
import reporting from './pt/reporting.json' with { type: 'json' };
import rights from './pt/rights.json' with { type: 'json' };
import rules from './pt/rules.json' with { type: 'json' };
import signals from './pt/signals.json' with { type: 'json' };
import start from './pt/start.json' with { type: 'json' };
import statements from './pt/statements.json' with { type: 'json' };
import workbench from './pt/workbench.json' with { type: 'json' };

export const pt: Catalogue = {
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
