/**
 * c2sp.org/tlog-policy: which logs are trusted, and which sets of witnesses are enough.
 *
 * Stricter than the specification in one point: names and URLs must be UTF-8 (comments need not be).
 */
import { type Cosignature, openCheckpoint, type OpenedCheckpoint } from './checkpoint.ts';
import { makeCosignatureVerifier } from './cosignature.ts';
import { parseDecimal } from './decimal.ts';
import { formatVkey, KEY_TYPES, parseVkey, type VerifierKey } from './key.ts';
import { makeNoteVerifier } from './note.ts';
import { parseText } from './text.ts';
import { TlogError } from './tlog-error.ts';

export type PolicyLog = { readonly key: VerifierKey; readonly url?: string };
export type PolicyWitness = { readonly name: string; readonly key: VerifierKey; readonly url?: string };

/** Satisfied when at least `threshold` of its members are: witnesses, or groups that stand before it. */
export type PolicyGroup = { readonly name: string; readonly threshold: number; readonly members: readonly string[] };

/** `quorum` names a witness or a group, or is `none`. */
export type Policy = {
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  readonly groups: readonly PolicyGroup[];
  readonly quorum: string;
};

export const MAX_POLICY_BYTES = 100_000;
const NO_QUORUM = 'none';

const FORBIDDEN_OCTET = /[^\t\n\x20-\x7e\x80-\xff]/;

export function parsePolicy(source: Uint8Array | string): Policy {
  const bytes = Buffer.from(source);
  if (bytes.byteLength > MAX_POLICY_BYTES)
    throw new TlogError('text.too-large', `longer than ${MAX_POLICY_BYTES} bytes`);
  const octets = bytes.toString('latin1');
  if (FORBIDDEN_OCTET.test(octets)) refuse('contains a control character');
  // A file cut inside its last line could otherwise name another quorum.
  if (!octets.endsWith('\n')) refuse('the last line is not complete');

  const logs: PolicyLog[] = [];
  const witnesses: PolicyWitness[] = [];
  const groups: PolicyGroup[] = [];
  const quorums: string[] = [];
  const defined = new Set<string>();
  const grouped = new Set<string>();
  const define = (name: string) => {
    if (name === NO_QUORUM) refuse('"none" cannot be defined');
    if (defined.has(name)) throw new TlogError('policy.duplicate', `${name} is defined twice`);
    defined.add(name);
  };
  const checkDefined = (name: string) => {
    if (!defined.has(name)) throw new TlogError('policy.undefined-name', `${name} is not defined on a preceding line`);
  };

  for (const line of octets.split('\n')) {
    const words = splitLine(line);
    const [keyword, ...rest] = words;
    switch (keyword) {
      case undefined:
        break;
      case 'log': {
        const [vkey, url, ...more] = rest;
        if (vkey === undefined || more.length > 0) return refuse('log <vkey> [<url>]');
        logs.push({ key: parseKeyOf(KEY_TYPES.note, vkey, logs), ...(url !== undefined && { url }) });
        break;
      }
      case 'witness': {
        const [name, vkey, url, ...more] = rest;
        if (name === undefined || vkey === undefined || more.length > 0) return refuse('witness <name> <vkey> [<url>]');
        define(name);
        const key = parseKeyOf(KEY_TYPES.cosignature, vkey, witnesses);
        witnesses.push({ name, key, ...(url !== undefined && { url }) });
        break;
      }
      case 'group': {
        const [name, threshold, ...members] = rest;
        if (name === undefined || threshold === undefined) return refuse('group <name> <k> <name>...');
        for (const member of members) {
          checkDefined(member);
          if (grouped.has(member)) throw new TlogError('policy.duplicate', `${member} is in a group twice`);
          grouped.add(member);
        }
        define(name);
        groups.push({ name, threshold: parseThreshold(threshold, members.length), members });
        break;
      }
      case 'quorum': {
        const [name, ...more] = rest;
        if (name === undefined || more.length > 0) return refuse('quorum <name>');
        if (name !== NO_QUORUM) checkDefined(name);
        quorums.push(name);
        break;
      }
      default:
        refuse('an unknown keyword');
    }
  }
  const [quorum, ...more] = quorums;
  if (quorum === undefined || more.length > 0) return refuse('not exactly one quorum line');
  return { logs, witnesses, groups, quorum };
}

/** What it writes is what `parsePolicy` reads back as the same policy; anything else is refused. */
export function formatPolicy(policy: Policy): string {
  const lines = [
    ...policy.logs.map(({ key, url }) => ['log', formatVkey(key), url]),
    ...policy.witnesses.map(({ name, key, url }) => ['witness', name, formatVkey(key), url]),
    ...policy.groups.map(({ name, threshold, members }) => ['group', name, String(threshold), ...members]),
    ['quorum', policy.quorum],
  ].map((words) => words.filter((word) => word !== undefined));
  // A name that held a line of its own would otherwise define something else.
  if (lines.flat().some((word) => word === '' || /[ \t\n]/.test(word))) refuse('a name or URL that is not one word');
  const text = lines.map((words) => `${words.join(' ')}\n`).join('');
  parsePolicy(text);
  return text;
}

/** The checkpoint that a note carries, if a log of the policy signed it and its quorum cosigned it. */
export function openUnderPolicy(source: Uint8Array | string, policy: Policy): OpenedCheckpoint {
  const logs = policy.logs.map(({ key }) => makeNoteVerifier(key));
  const witnesses = policy.witnesses.map(({ key }) => makeCosignatureVerifier(key));
  const checkpoint = openCheckpoint(source, logs, witnesses);
  if (!hasQuorum(policy, checkpoint.cosignatures)) {
    throw new TlogError('policy.no-quorum', 'not cosigned by enough of the witnesses');
  }
  return checkpoint;
}

/** Whether these cosignatures, already verified, are enough. */
export function hasQuorum(policy: Policy, cosignatures: readonly Cosignature[]): boolean {
  if (policy.quorum === NO_QUORUM) return true;
  const satisfied = new Set(
    policy.witnesses
      .filter(({ key }) => cosignatures.some(({ name, keyId }) => name === key.name && keyId === key.id))
      .map(({ name }) => name),
  );
  for (const { name, threshold, members } of policy.groups) {
    if (members.filter((member) => satisfied.has(member)).length >= threshold) satisfied.add(name);
  }
  return satisfied.has(policy.quorum);
}

function splitLine(line: string): string[] {
  const words = line.split(/[ \t]+/).filter((word) => word !== '');
  if (words[0]?.startsWith('#')) return [];
  return words.map((word) => parseText(Buffer.from(word, 'latin1'), MAX_POLICY_BYTES));
}

/** Keys are the same when their public key is, whatever their names. */
function parseKeyOf(type: number, vkey: string, known: readonly { readonly key: VerifierKey }[]): VerifierKey {
  const key = parseVkey(vkey);
  if (key.type !== type) throw new TlogError('key.type', 'a key of the wrong type for its role');
  if (known.some((other) => Buffer.compare(other.key.publicKey, key.publicKey) === 0)) {
    throw new TlogError('policy.duplicate', `the key of ${key.name} is listed twice`);
  }
  return key;
}

function parseThreshold(text: string, members: number): number {
  if (members === 0) refuse('a group without members');
  const threshold = text === 'any' ? 1 : text === 'all' ? members : parseDecimal(text);
  if (threshold < 1 || threshold > members) refuse('a threshold outside 1 to the number of members');
  return threshold;
}

function refuse(why: string): never {
  throw new TlogError('policy.malformed', why);
}
