import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endpoints } from '../src/app.ts';
import { routesOf, type Route } from '../src/http/routing.ts';
import { members, openStage, passwordOf, type Anyone, type Stage } from './support/cast.ts';
import type { TestAnswer } from './support/site.ts';

// Who may come through which door, written by hand and not derived from the declarations: a new endpoint has no line here and fails until
// somebody says in so many words who may use it. What a person may do to one thing behind the door is tested with its slice.

const anyone = ['noOne', ...members] as const;
const signedIn = members;
const administrators = ['fatou'] as const;
const negotiators = ['fatou', 'edu'] as const;
const council = ['fatou'] as const;
const secretariat = ['fatou', 'amina', 'edu'] as const;
const office = ['fatou', 'amina'] as const;
const officers = ['amina'] as const;
const reporting = ['fatou', 'amina', 'dalia'] as const;
const informed = ['fatou', 'amina', 'dalia', 'bruno'] as const;

const mayEnter: Readonly<Record<string, readonly Anyone[]>> = {
  'GET /': anyone,

  'GET /sign-in': anyone,
  'POST /sign-in': anyone,
  'POST /sign-in/passkey': anyone,
  'POST /sign-in/passkey/options': anyone,
  'POST /sign-out': anyone,
  'GET /invitations/:token': anyone,
  'POST /invitations/:token': anyone,

  'GET /account': signedIn,
  'POST /account/party': signedIn,
  'GET /account/passkeys': signedIn,
  'POST /account/passkeys': signedIn,
  'POST /account/passkeys/options': signedIn,
  'POST /account/passkeys/remove': signedIn,
  'GET /account/password': signedIn,
  'POST /account/password': signedIn,
  'GET /account/signing-keys': signedIn,
  'POST /account/signing-keys': signedIn,
  'POST /account/signing-keys/enrol': signedIn,
  'POST /account/signing-keys/revoke': signedIn,
  'GET /account/profile': signedIn,
  'POST /account/profile': signedIn,
  'POST /account/sessions/end-others': signedIn,
  'POST /account/sessions/:id/end': signedIn,
  'GET /account/tokens': signedIn,
  'POST /account/tokens': signedIn,
  'POST /account/tokens/:id/revoke': signedIn,

  'GET /people': administrators,
  'POST /people/invitations': administrators,
  'POST /people/invitations/:id/revoke': administrators,
  'GET /people/:account': administrators,
  'POST /people/:account': administrators,
  'POST /people/:account/reset': administrators,

  'GET /set-up': signedIn,
  'POST /set-up': signedIn,
  'GET /network': anyone,
  'GET /network/pair': anyone,
  'POST /network/invitations': administrators,
  'GET /network/invitations/:token': administrators,
  'POST /network/pairings': administrators,
  'POST /network/pairings/:id/confirm': administrators,
  'POST /network/attest-no-restore': administrators,
  'GET /parties/host': administrators,
  'POST /parties/host': administrators,

  'GET /acts/erase': administrators,
  'POST /acts/erase': administrators,
  'GET /acts/prepared/:id': signedIn,
  'POST /acts/prepared/:id/passkey': signedIn,
  'POST /acts/prepared/:id/person-key': signedIn,
  'GET /.well-known/did.json': anyone,
  'GET /p/:slug/did.json': anyone,
  'GET /log': anyone,
  'GET /log/:index': anyone,
  'GET /log/:index/act': anyone,
  'GET /log/:index/proof': anyone,
  'GET /log/of/:origin': anyone,
  'GET /log/of/:origin/:index': anyone,
  'GET /log/of/:origin/:index/act': anyone,
  'GET /log/of/:origin/:index/proof': anyone,
  'GET /observatory': anyone,
  'GET /observatory/flows': anyone,
  'GET /observatory/questions/:id': anyone,
  'POST /observatory/logs': administrators,
  'POST /observatory/questions/:id/answers': ['fatou', 'amina', 'edu'],
  'GET /agreements': anyone,
  'GET /agreements/:key': anyone,
  'GET /agreements/new': negotiators,
  'POST /agreements': negotiators,
  'POST /agreements/draft': negotiators,
  'POST /agreements/:key/accept-amendment': negotiators,
  'GET /agreements/:key/amend': negotiators,
  'POST /agreements/:key/amend': negotiators,
  'POST /agreements/:key/amend/draft': negotiators,
  'GET /agreements/:key/revise': negotiators,
  'POST /agreements/:key/revise': negotiators,
  'POST /agreements/:key/revise/draft': negotiators,
  'POST /agreements/:key/ratify': negotiators,
  'POST /agreements/:key/refuse': negotiators,
  'POST /agreements/:key/sign': negotiators,
  'POST /agreements/:key/sign-subject-to-ratification': negotiators,
  'POST /agreements/:key/take-over': negotiators,
  'POST /agreements/:key/withdraw': negotiators,
  'GET /communities/recognised': negotiators,
  'POST /communities/recognised': negotiators,
  'GET /community/answers': council,
  'POST /community/answers': council,

  'GET /signals': office,
  'GET /signals.csv': office,
  'GET /signals/all': office,
  'GET /signals/beyond': office,
  'GET /signals/held-back': office,
  'GET /signals/capacity': office,
  'POST /signals/capacity': office,
  'GET /signals/new': officers,
  'POST /signals/new': officers,
  'GET /signals/:id': office,
  'GET /signals/:id/around.csv': office,
  'GET /signals/:id/curve.csv': office,
  'GET /signals/:id/event': officers,
  'POST /signals/:id/event': officers,
  'GET /signals/:id/risk': officers,
  'POST /signals/:id/risk': officers,
  'POST /signals/:id/step': officers,
  'GET /workbench': office,
  'POST /workbench': officers,
  'POST /workbench/received': officers,
  'GET /workbench/:id': office,
  'GET /workbench/:id/table.csv': office,
  'GET /workbench/:id/choose': officers,
  'POST /workbench/:id/choose': officers,
  'GET /clusters': office,
  'POST /clusters': officers,
  'GET /clusters/:id': office,
  'GET /clusters/:id/clusters.csv': office,
  'GET /detection/import': office,
  'POST /detection/import': officers,
  'GET /detection/import/:id': office,
  'POST /detection/import/:id/adopt': officers,
  'GET /curves/received': office,
  'GET /curves/received/curve.csv': office,
  'GET /curves/:indicator/:place': office,
  'GET /curves/:indicator/:place/curve.csv': office,
  'GET /curves/:indicator/:place/reproduction.csv': office,
  'POST /curves/:indicator/:place/interval': officers,
  'GET /detection': office,
  'GET /detection/:indicator/add': officers,
  'POST /detection/:indicator/add': officers,
  'GET /detection/rules/:id': officers,
  'POST /detection/rules/:id': officers,
  'GET /events': office,
  'GET /events.csv': office,
  'GET /events/:id': office,
  'GET /events/:id/actions/:action': officers,
  'POST /events/:id/actions/:action': officers,
  'GET /events/:id/annex2': officers,
  'POST /events/:id/annex2': officers,
  'GET /events/:id/close': officers,
  'POST /events/:id/close': officers,
  'GET /events/:id/dates/:milestone': officers,
  'POST /events/:id/dates/:milestone': officers,
  'GET /events/:id/findings': officers,
  'POST /events/:id/findings': officers,
  'GET /events/:id/tasks': officers,
  'POST /events/:id/tasks': officers,
  'POST /events/:id/tasks/:task/done': officers,
  'GET /bulletins': office,
  'POST /bulletins': officers,
  'GET /bulletins/:id': office,
  'POST /bulletins/:id': officers,
  'POST /bulletins/:id/publish': officers,
  'GET /bulletins/:id/revisions/:revision': office,
  'POST /bulletins/:id/withdraw': officers,
  'GET /p/:party/bulletins': anyone,
  'GET /p/:party/bulletins/:kind/:week/:locale': anyone,

  'GET /reporting': informed,
  'GET /reporting/completeness.csv': informed,
  'GET /reporting/enter': reporting,
  'GET /reporting/entry': reporting,
  'POST /reporting/entry': reporting,
  'GET /reporting/send': office,
  'GET /reporting/submissions': reporting,
  'POST /reporting/submissions': office,
  'GET /reporting/submissions/:id': reporting,
  'GET /reporting/submissions/:id/raw': reporting,
  'GET /reporting/submissions/:id/rejected.csv': reporting,
  'POST /reporting/submissions/:id/try': office,
  'POST /reporting/submissions/:id/apply': office,
  'POST /reporting/submissions/:id/set-aside': office,
  'GET /reporting/rumours': office,
  'POST /reporting/rumours/:submission/forget-sender': office,
  'GET /p/:party/rumour': anyone,
  'POST /p/:party/rumour': anyone,
  'GET /p/:party/rumour/:secret': anyone,
  'GET /reporting/observations': informed,
  'GET /reporting/observations.csv': informed,
  'GET /reporting/observation': reporting,
  'GET /reporting/places': informed,
  'GET /reporting/places.csv': informed,
  'GET /reporting/units': office,
  'GET /reporting/units.csv': office,
  'GET /reporting/unit': office,
  'POST /reporting/unit': office,
  'GET /reporting/indicators': informed,
  'GET /reporting/indicators.csv': informed,
  'GET /reporting/indicator': office,
  'POST /reporting/indicators': office,
  'GET /reporting/forms': informed,
  'GET /reporting/form': office,
  'POST /reporting/forms': office,

  'GET /exchange': office,
  'GET /exchange/flows/:id': office,
  'GET /exchange/flows/:id/table.csv': office,
  'GET /exchange/public': anyone,
  'GET /exchange/requests': office,
  'POST /exchange/requests': office,
  'POST /exchange/warnings/:act/triage': office,
  'GET /p/:party/data': council,

  // A network's pages are open; who is a member, convenes or documents is decided behind the door.
  'GET /p/:party': anyone,
  'GET /p/:party/communities': anyone,
  'GET /p/:party/dialogues': anyone,
  'GET /p/:party/join': anyone,
  'GET /p/:party/k/:key': anyone,
  'GET /p/:party/k/:key/digest': anyone,
  'POST /p/:party/k/:key/digest/:number': anyone,
  'GET /p/:party/k/:key/membership': anyone,
  'GET /p/:party/k/:key/session': anyone,
  'GET /p/:party/k/:key/session.ics': anyone,
  'GET /p/:party/k/:key/unsubscribe': anyone,
  'GET /p/:party/me': signedIn,
  'GET /p/:party/members': anyone,
  'GET /p/:party/members/:id': secretariat,
  'GET /p/:party/members/import': secretariat,
  'GET /p/:party/members/invite': secretariat,
  'GET /p/:party/organisations': anyone,
  'GET /p/:party/organisations/:id': anyone,
  'GET /p/:party/organisations/:id/edit': secretariat,
  'GET /p/:party/organisations/new': secretariat,
  'GET /p/:party/profile': secretariat,
  'GET /p/:party/hub': anyone,
  'POST /p/:party/hub': anyone,
  'GET /p/:party/hub/new': secretariat,
  'GET /p/:party/hub/:id': anyone,
  'GET /p/:party/hub/:id/edit': anyone,
  'POST /p/:party/hub/:id/edit': anyone,
  'POST /p/:party/hub/:id/decide': anyone,
  'GET /p/:party/hub/gathered': secretariat,
  'POST /p/:party/hub/gathered': secretariat,
  'POST /p/:party/hub/gathered/:id/read-now': secretariat,
  'POST /p/:party/hub/gathered/:id/give-up': secretariat,
  'GET /.well-known/webfinger': anyone,
  'GET /p/:party/actor': anyone,
  'GET /p/:party/actor/outbox': anyone,
  'GET /p/:party/actor/followers': anyone,
  'POST /p/:party/actor/inbox': anyone,
  'GET /p/:party/spaces/:space/actor': anyone,
  'GET /p/:party/spaces/:space/actor/outbox': anyone,
  'GET /p/:party/spaces/:space/actor/followers': anyone,
  'POST /p/:party/spaces/:space/actor/inbox': anyone,
  'GET /p/:party/hub/:id/note': anyone,
  'GET /search': anyone,
  'GET /p/:party/search': anyone,
  'GET /p/:party/newsletters': anyone,
  'POST /p/:party/newsletters': secretariat,
  'GET /p/:party/newsletters/new': secretariat,
  'GET /p/:party/newsletters/:id': anyone,
  'GET /p/:party/newsletters/:id/edit': secretariat,
  'POST /p/:party/newsletters/:id/edit': secretariat,
  'POST /p/:party/newsletters/:id/send': secretariat,
  'GET /p/:party/k/:key/newsletter': anyone,
  'GET /oai': anyone,
  'POST /oai': anyone,
  'GET /feeds': anyone,
  'GET /feeds/:file': anyone,
  'GET /p/:party/spaces/:space/papers/new': anyone,
  'POST /p/:party/spaces/:space/papers': anyone,
  'GET /p/:party/papers/:paper/signing': anyone,
  'POST /p/:party/papers/:paper/signing': anyone,
  'GET /p/:party/papers/:paper/signatures/record': anyone,
  'POST /p/:party/papers/:paper/signatures/record': anyone,
  'POST /p/:party/papers/:paper/send': anyone,
  'GET /p/:party/papers/:paper/download/:form': anyone,
  'GET /p/:party/papers/:paper': anyone,
  'GET /p/:party/papers/:paper/clauses/:clause': anyone,
  'GET /p/:party/papers/:paper/clauses/:clause/propose': anyone,
  'GET /p/:party/papers/:paper/clauses/:clause/join': anyone,
  'GET /p/:party/papers/:paper/proposals/:proposal': anyone,
  'GET /p/:party/papers/:paper/compare': anyone,
  'POST /p/:party/papers/:paper/clauses/:clause/propose': anyone,
  'POST /p/:party/papers/:paper/clauses/:clause/join': anyone,
  'POST /p/:party/papers/:paper/proposals/:proposal/position': anyone,
  'POST /p/:party/papers/:paper/proposals/:proposal/withdraw': anyone,
  'POST /p/:party/papers/:paper/proposals/:proposal/resume': anyone,
  'POST /p/:party/papers/:paper/proposals/:proposal/set-aside': anyone,
  'GET /p/:party/k/:key/paper': anyone,
  'GET /p/:party/k/:key/paper/clauses/:clause': anyone,
  'GET /p/:party/k/:key/paper/clauses/:clause/propose': anyone,
  'GET /p/:party/k/:key/paper/clauses/:clause/join': anyone,
  'GET /p/:party/k/:key/paper/proposals/:proposal': anyone,
  'GET /p/:party/k/:key/paper/compare': anyone,
  'POST /p/:party/k/:key/paper/clauses/:clause/propose': anyone,
  'POST /p/:party/k/:key/paper/clauses/:clause/join': anyone,
  'POST /p/:party/k/:key/paper/proposals/:proposal/position': anyone,
  'POST /p/:party/k/:key/paper/proposals/:proposal/withdraw': anyone,
  'POST /p/:party/k/:key/paper/proposals/:proposal/resume': anyone,
  'POST /p/:party/k/:key/paper/proposals/:proposal/set-aside': anyone,
  'GET /p/:party/k/:key/joint-statement': anyone,
  'POST /p/:party/papers/:paper/sign': anyone,
  'POST /p/:party/papers/:paper/signatures/withdraw': anyone,
  'POST /p/:party/k/:key/joint-statement/sign': anyone,
  'POST /p/:party/k/:key/joint-statement/signatures/withdraw': anyone,
  'GET /p/:party/spaces/:space/decisions/new': anyone,
  'POST /p/:party/spaces/:space/decisions': anyone,
  'GET /p/:party/decisions/:decision': anyone,
  'POST /p/:party/decisions/:decision/answer': anyone,
  'POST /p/:party/decisions/:decision/outcome': anyone,
  'POST /p/:party/decisions/:decision/withdraw': anyone,
  'GET /p/:party/k/:key/decision': anyone,
  'POST /p/:party/k/:key/decision/answer': anyone,
  'POST /p/:party/k/:key/decision/outcome': anyone,
  'POST /p/:party/k/:key/decision/withdraw': anyone,
  'GET /p/:party/references': anyone,
  'GET /p/:party/references.bib': anyone,
  'GET /p/:party/references.json': anyone,
  'GET /p/:party/references.ris': anyone,
  'GET /p/:party/references/:id': anyone,
  'GET /p/:party/references/:id/cite.bib': anyone,
  'GET /p/:party/references/:id/cite.json': anyone,
  'GET /p/:party/references/:id/cite.ris': anyone,
  'GET /p/:party/references/:id/file': anyone,
  'GET /p/:party/inquiries': anyone,
  'GET /p/:party/inquiries/:inquiry': anyone,
  'GET /p/:party/inquiries/:inquiry/close': anyone,
  'GET /p/:party/inquiries/:inquiry/edit': anyone,
  'GET /p/:party/inquiries/:inquiry/moderation': anyone,
  'GET /p/:party/inquiries/:inquiry/results': anyone,
  'GET /p/:party/inquiries/:inquiry/results.csv': anyone,
  'GET /p/:party/inquiries/:inquiry/statements': anyone,
  'GET /p/:party/inquiries/:inquiry/statements/:number': anyone,
  'GET /p/:party/inquiries/:inquiry/vote': anyone,
  'POST /p/:party/inquiries/:inquiry/ask': anyone,
  'POST /p/:party/inquiries/:inquiry/close': anyone,
  'POST /p/:party/inquiries/:inquiry/edit': anyone,
  'POST /p/:party/inquiries/:inquiry/open': anyone,
  'POST /p/:party/inquiries/:inquiry/seeds': anyone,
  'POST /p/:party/inquiries/:inquiry/statements': anyone,
  'POST /p/:party/inquiries/:inquiry/statements/:number/decide': anyone,
  'POST /p/:party/inquiries/:inquiry/statements/:number/translate': anyone,
  'POST /p/:party/inquiries/:inquiry/votes': anyone,
  'GET /p/:party/k/:key/inquiry': anyone,
  'POST /p/:party/k/:key/inquiry/statements': anyone,
  'POST /p/:party/k/:key/inquiry/votes': anyone,
  'GET /p/:party/spaces/:space/inquiries/new': anyone,
  'POST /p/:party/spaces/:space/inquiries': anyone,
  'GET /p/:party/spaces/:space': anyone,
  'GET /p/:party/spaces/:space/calendar.ics': anyone,
  'GET /p/:party/spaces/:space/edit': anyone,
  'GET /p/:party/spaces/:space/import': anyone,
  'GET /p/:party/spaces/:space/sessions/:session': anyone,
  'GET /p/:party/spaces/:space/sessions/:session/calendar.ics': anyone,
  'GET /p/:party/spaces/:space/sessions/:session/edit': anyone,
  'GET /p/:party/spaces/:space/sessions/:session/newcomer': anyone,
  'GET /p/:party/spaces/:space/sessions/:session/references.bib': anyone,
  'GET /p/:party/spaces/:space/sessions/:session/references.json': anyone,
  'GET /p/:party/spaces/:space/sessions/:session/references.ris': anyone,
  'GET /p/:party/spaces/:space/sessions/:session/references/file': anyone,
  'GET /p/:party/spaces/:space/sessions/:session/references/harvest': anyone,
  'GET /p/:party/spaces/:space/sessions/:session/registrations': anyone,
  'GET /p/:party/spaces/:space/sessions/:session/floor': anyone,
  'POST /p/:party/spaces/:space/sessions/:session/floor/ask': anyone,
  'POST /p/:party/spaces/:space/sessions/:session/floor/withdraw': anyone,
  'POST /p/:party/spaces/:space/sessions/:session/floor/present': anyone,
  'POST /p/:party/spaces/:space/sessions/:session/floor/give': anyone,
  'POST /p/:party/spaces/:space/sessions/:session/floor/end': anyone,
  'POST /p/:party/spaces/:space/sessions/:session/floor/notes': anyone,
  'GET /p/:party/k/:key/session/floor': anyone,
  'POST /p/:party/k/:key/session/floor/ask': anyone,
  'POST /p/:party/k/:key/session/floor/withdraw': anyone,
  'POST /p/:party/k/:key/session/floor/present': anyone,
  'POST /p/:party/k/:key/session/floor/give': anyone,
  'POST /p/:party/k/:key/session/floor/end': anyone,
  'POST /p/:party/k/:key/session/floor/notes': anyone,
  'GET /p/:party/spaces/:space/sessions/:session/attendance': anyone,
  'POST /p/:party/spaces/:space/sessions/:session/attendance': anyone,
  'GET /p/:party/equal-power': anyone,
  'GET /p/:party/equal-power.csv': anyone,
  'GET /p/:party/spaces/:space/equal-power': anyone,
  'GET /p/:party/spaces/:space/equal-power.csv': anyone,
  'GET /p/:party/spaces/:space/sessions/:session/carbon': anyone,
  'GET /p/:party/conduct': anyone,
  'POST /p/:party/conduct': secretariat,
  'POST /p/:party/conduct/handlers': secretariat,
  'POST /p/:party/conduct/handlers/end': secretariat,
  'GET /p/:party/complaints': signedIn,
  'POST /p/:party/complaints': anyone,
  'GET /p/:party/k/:key/membership/complaints': anyone,
  'POST /p/:party/k/:key/membership/complaints': anyone,
  'GET /p/:party/complaints/:complaint': anyone,
  'POST /p/:party/complaints/:complaint/words': anyone,
  'POST /p/:party/complaints/:complaint/further': anyone,
  'POST /p/:party/complaints/:complaint/close': anyone,
  'GET /p/:party/k/:key/membership/complaints/:complaint': anyone,
  'POST /p/:party/k/:key/membership/complaints/:complaint/words': anyone,
  'POST /p/:party/k/:key/membership/complaints/:complaint/further': anyone,
  'POST /p/:party/k/:key/membership/complaints/:complaint/close': anyone,
  'GET /p/:party/k/:key/complaint': anyone,
  'POST /p/:party/k/:key/complaint/words': anyone,
  'POST /p/:party/k/:key/complaint/further': anyone,
  'POST /p/:party/k/:key/complaint/close': anyone,
  'GET /p/:party/me/data': signedIn,
  'GET /p/:party/me/data.json': signedIn,
  'GET /p/:party/me/data.html': signedIn,
  'POST /p/:party/me/data/forget': signedIn,
  'GET /p/:party/k/:key/membership/data': anyone,
  'GET /p/:party/k/:key/membership/data.json': anyone,
  'GET /p/:party/k/:key/membership/data.html': anyone,
  'POST /p/:party/k/:key/membership/data/forget': anyone,
  'GET /p/:party/spaces/:space/sessions/new': anyone,
  'GET /p/:party/spaces/new': secretariat,
  'GET /p/:party/time-zones': anyone,
  'POST /p/:party/join': anyone,
  'POST /p/:party/k/:key/membership': anyone,
  'POST /p/:party/k/:key/membership/confirm': anyone,
  'POST /p/:party/k/:key/membership/leave': anyone,
  'POST /p/:party/k/:key/membership/link-account': anyone,
  'POST /p/:party/k/:key/membership/open-account': anyone,
  'POST /p/:party/k/:key/membership/resubscribe': anyone,
  'POST /p/:party/k/:key/membership/unsubscribe': anyone,
  'POST /p/:party/k/:key/session/register': anyone,
  'POST /p/:party/k/:key/session/withdraw': anyone,
  'POST /p/:party/k/:key/unsubscribe': anyone,
  'POST /p/:party/me': anyone,
  'POST /p/:party/me/leave': signedIn,
  'POST /p/:party/me/resubscribe': signedIn,
  'POST /p/:party/me/unsubscribe': signedIn,
  'POST /p/:party/members/:id': secretariat,
  'POST /p/:party/members/:id/leave': secretariat,
  'POST /p/:party/members/import': secretariat,
  'POST /p/:party/members/invite': secretariat,
  'POST /p/:party/organisations': secretariat,
  'POST /p/:party/organisations/:id/edit': secretariat,
  'POST /p/:party/organisations/:id/mandates': secretariat,
  'POST /p/:party/organisations/:id/mandates/end': secretariat,
  'POST /p/:party/profile': secretariat,
  'POST /p/:party/references/:id': anyone,
  'POST /p/:party/spaces': anyone,
  'POST /p/:party/spaces/:space/close': anyone,
  'POST /p/:party/spaces/:space/edit': anyone,
  'POST /p/:party/spaces/:space/import': anyone,
  'POST /p/:party/spaces/:space/join': anyone,
  'POST /p/:party/spaces/:space/leave': anyone,
  'POST /p/:party/spaces/:space/open': anyone,
  'POST /p/:party/spaces/:space/people': anyone,
  'POST /p/:party/spaces/:space/people/end': anyone,
  'POST /p/:party/spaces/:space/people/hand-over': anyone,
  'POST /p/:party/spaces/:space/sessions': anyone,
  'POST /p/:party/spaces/:space/sessions/:session/announce': anyone,
  'POST /p/:party/spaces/:space/sessions/:session/cancel': anyone,
  'POST /p/:party/spaces/:space/sessions/:session/edit': anyone,
  'POST /p/:party/spaces/:space/sessions/:session/materials': anyone,
  'POST /p/:party/spaces/:space/sessions/:session/materials/remove': anyone,
  'POST /p/:party/spaces/:space/sessions/:session/newcomer': anyone,
  'POST /p/:party/spaces/:space/sessions/:session/programme': anyone,
  'POST /p/:party/spaces/:space/sessions/:session/programme/remove': anyone,
  'POST /p/:party/spaces/:space/sessions/:session/references': anyone,
  'POST /p/:party/spaces/:space/sessions/:session/references/file': anyone,
  'POST /p/:party/spaces/:space/sessions/:session/references/harvest': anyone,
  'POST /p/:party/spaces/:space/sessions/:session/register': anyone,
  'POST /p/:party/spaces/:space/sessions/:session/withdraw': anyone,

  'GET /log/body/:commitment': anyone,
  'GET /log/checkpoint': anyone,
  'GET /log/proof/:act': anyone,
  'GET /log/tile/:path{.+}': anyone,
  'GET /witness/:origin/checkpoint': anyone,
  'GET /mirror/:origin/log/checkpoint': anyone,
  'GET /mirror/:origin/log/tile/:path{.+}': anyone,
  'GET /mirror/:origin/log/body/:commitment': anyone,
  'POST /federation/moved': anyone,
  'POST /witness/add-checkpoint': anyone,
  'POST /federation/bodies': anyone,
  'POST /federation/hint': anyone,
  'GET /federation/node': anyone,
  'POST /federation/pair': anyone,
  'POST /federation/exchange/request': anyone,
};

/** What no API token opens, whoever made it: whoever finds one must not be able to stay. */
const onlyInPerson =
  /^(?:GET|POST) \/(?:account|people)(?:\/|$)|^POST \/acts\/prepared\/:id\/passkey$|^POST \/(?:network\/attest-no-restore|acts\/erase)$/;

const routes = routesOf(endpoints).filter(({ endpoint }) => endpoint.kind !== 'asset');
const nameOf = ({ method, path }: Route): string =>
  `${method === 'GET' ? 'GET' : 'POST'} ${path.replace(/^\/api(?=\/|$)/, '') || '/'}`;
const addressOf = ({ path }: Route): string =>
  path
    .replace(/:party\b/g, 'operator')
    .replace(/:(?:id|account)\b/g, '00000000-0000-4000-8000-000000000000')
    .replace(/:[A-Za-z]+(?:\{[^/]*\})?/g, 'nothing');

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage[Symbol.asyncDispose]());

function send(who: Anyone, route: Route): Promise<TestAnswer> {
  const { method, form } = route;
  if (method === 'GET') return stage.as(who, addressOf(route));
  return stage.as(who, addressOf(route), form === 'page' ? { form: {} } : { method, json: {} });
}

/** Refused at the door, before anything was looked at. Validation, absence and states come after it. */
function isTurnedAway(answer: TestAnswer): boolean {
  if (answer.status === 303) return (answer.headers.location ?? '').startsWith('/sign-in?next=');
  return answer.status === 401 || answer.status === 403;
}

describe('who may enter', () => {
  test('is said for every endpoint, and for none that does not exist', () => {
    expect([...new Set(routes.map(nameOf))].toSorted()).toEqual(Object.keys(mayEnter).toSorted());
  });

  test.each(
    routes
      .filter((route) => mayEnter[nameOf(route)] !== anyone)
      .map((route) => [nameOf(route), route.form, route] as const),
  )('%s (%s)', async (name, _form, route) => {
    for (const who of anyone) {
      const answer = await send(who, route);
      const entered = !isTurnedAway(answer);
      expect([name, who, entered ? 'enters' : 'is turned away']).toEqual([
        name,
        who,
        mayEnter[name]?.includes(who) ? 'enters' : 'is turned away',
      ]);
    }
  });

  // Somebody signed in could only enter as well; signing out would end the sessions of the other tests.
  test.each(
    routes
      .filter((route) => mayEnter[nameOf(route)] === anyone)
      .map((route) => [nameOf(route), route.form, route] as const),
  )('%s (%s) is open to somebody signed out', async (name, _form, route) => {
    const answer = await send('noOne', route);
    const code =
      answer.headers['content-type'] === 'application/problem+json' ? (answer.json() as { code: string }).code : '';
    const isLedAway = (answer.headers.location ?? '').startsWith('/sign-in?next=');
    expect([name, ['not-signed-in', 'not-allowed'].includes(code), isLedAway]).toEqual([name, false, false]);
  });
});

describe('with an API token', () => {
  const tokenOf = async (readOnly: boolean) => {
    const json = { name: 'test', days: 1, readOnly, password: passwordOf('fatou') };
    const answer = await stage.as('fatou', '/api/account/tokens', { json });
    return { authorization: `Bearer ${(answer.json() as { token: string }).token}` };
  };
  const withToken = async (route: Route, headers: { authorization: string }) =>
    stage.site.send(
      addressOf(route),
      route.method === 'GET' ? { headers } : { method: route.method, headers, json: {} },
    );

  test('an administrator does what needs no presence in person', async () => {
    const headers = await tokenOf(false);
    for (const route of routes.filter(({ form }) => form === 'json')) {
      const name = nameOf(route);
      const answer = await withToken(route, headers);
      const { details } = (answer.status === 403 ? answer.json() : {}) as { details?: { needs?: string } };
      expect([name, details?.needs === 'session']).toEqual([name, onlyInPerson.test(name)]);
    }
  });

  test('that only reads, nothing is written', async () => {
    const headers = await tokenOf(true);
    for (const route of routes.filter(({ form, method }) => form === 'json' && method !== 'GET')) {
      expect([nameOf(route), (await withToken(route, headers)).status]).toEqual([nameOf(route), 403]);
    }
  });
});
