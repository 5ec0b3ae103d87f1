import accounts from './en/accounts.json' with { type: 'json' };
import agreement from './en/agreement.json' with { type: 'json' };
import assembly from './en/assembly.json' with { type: 'json' };
import bulletins from './en/bulletins.json' with { type: 'json' };
import chart from './en/chart.json' with { type: 'json' };
import clusters from './en/clusters.json' with { type: 'json' };
import common from './en/common.json' with { type: 'json' };
import companion from './en/companion.json' with { type: 'json' };
import decisions from './en/decisions.json' with { type: 'json' };
import delays from './en/delays.json' with { type: 'json' };
import demo from './en/demo.json' with { type: 'json' };
import equity from './en/equity.json' with { type: 'json' };
import events from './en/events.json' with { type: 'json' };
import exchange from './en/exchange.json' with { type: 'json' };
import fields from './en/fields.json' with { type: 'json' };
import hub from './en/hub.json' with { type: 'json' };
import mail from './en/mail.json' with { type: 'json' };
import methods from './en/methods.json' with { type: 'json' };
import members from './en/members.json' with { type: 'json' };
import network from './en/network.json' with { type: 'json' };
import observatory from './en/observatory.json' with { type: 'json' };
import papers from './en/papers.json' with { type: 'json' };
import problems from './en/problems.json' with { type: 'json' };
import programme from './en/programme.json' with { type: 'json' };
import reporting from './en/reporting.json' with { type: 'json' };
import rights from './en/rights.json' with { type: 'json' };
import rules from './en/rules.json' with { type: 'json' };
import signals from './en/signals.json' with { type: 'json' };
import start from './en/start.json' with { type: 'json' };
import statements from './en/statements.json' with { type: 'json' };
import workbench from './en/workbench.json' with { type: 'json' };

/** One line for each slice; the other languages must then have it too, or the types say so. */
export const en = {
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
