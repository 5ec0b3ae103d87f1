/** A person at her browser, signed in with her password. Her session is a row of the database and outlives every kill. */
import type { PeerAnswer } from '../../src/network/dial.ts';
import type { ProcessNode } from './process-node.ts';

export interface Person {
  get(path: string): Promise<PeerAnswer>;
  post(path: string, json: unknown): Promise<PeerAnswer>;
}

export async function signIn(node: ProcessNode, email: string, password: string): Promise<Person> {
  const answer = await node.send('/api/sign-in', { json: { email, password }, headers: { origin: node.url } });
  let cookie = cookieOf(answer);
  const readToken = async (): Promise<string> => {
    const page = await node.send('/', { headers: { cookie } });
    const [, token] = /name="csrf" value="([A-Za-z0-9_-]+)"/.exec(Buffer.from(page.body).toString('utf8')) ?? [];
    if (token === undefined) throw new Error(`${node.name}: no form on the start page of ${email}`);
    return token;
  };
  let token = await readToken();
  return {
    get: (path) => node.send(path, { headers: { cookie } }),
    async post(path, json) {
      const headers = { cookie, 'x-csrf-token': token, origin: node.url };
      const done = await node.send(path, { json, headers });
      // What changes who she is begins another session.
      if (done.headers['set-cookie']) {
        cookie = cookieOf(done);
        token = await readToken();
      }
      return done;
    },
  };
}

function cookieOf({ status, headers }: PeerAnswer): string {
  const set = headers['set-cookie'];
  if (status >= 300 || !Array.isArray(set)) throw new Error(`no session: status ${status}`);
  return set.map((each) => each.split(';')[0]).join('; ');
}
