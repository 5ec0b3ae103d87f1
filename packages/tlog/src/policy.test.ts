import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signCheckpoint } from './checkpoint.ts';
import { cosign } from './cosignature.ts';
import { emptyRoot } from './hash.ts';
import { formatVkey, KEY_TYPES, makeSigningKey, makeVerifierKey, publicPart } from './key.ts';
import { logKey, logSigner, neighbourKey, ORIGIN, strangerSigner, universityKey } from './keys.fixture.ts';
import { flipBit } from './memory-log.fixture.ts';
import { formatNote, type NoteSignature, parseNote, signNote } from './note.ts';
import { formatPolicy, hasQuorum, MAX_POLICY_BYTES, openUnderPolicy, parsePolicy, type Policy } from './policy.ts';
import { refusal } from './refusal.fixture.ts';

const witnessKeys = Array.from({ length: 6 }, (_, i) =>
  makeSigningKey(`witness-${i}.example`, KEY_TYPES.cosignature, Buffer.alloc(32, 10 + i)),
);
const vkeys = witnessKeys.map((key) => formatVkey(publicPart(key)));
const LOG = `log ${formatVkey(publicPart(logKey))}`;
const witness = (i: number) => `witness w${i} ${vkeys[i]}`;
const policyOf = (...lines: string[]) => lines.map((line) => `${line}\n`).join('');

describe('policies that cannot be read', () => {
  const otherName = formatVkey(
    makeVerifierKey('renamed.example', KEY_TYPES.cosignature, publicPart(witnessKeys[0] ?? logKey).publicKey),
  );
  test.each([
    ['nothing', '', 'policy.malformed'],
    ['no quorum', policyOf(LOG), 'policy.malformed'],
    ['two quorums', policyOf('quorum none', 'quorum none'), 'policy.malformed'],
    ['a last line that is cut off', `${LOG}\nquorum none`, 'policy.malformed'],
    ['an unknown keyword', policyOf('quorom none'), 'policy.malformed'],
    ['a keyword in capitals', policyOf('Quorum none'), 'policy.malformed'],
    ['a carriage return', 'quorum none\r\n', 'policy.malformed'],
    ['a delete character', 'quorum none\u007f\n', 'policy.malformed'],
    ['a form feed', '\fquorum none\n', 'policy.malformed'],
    ['a comment after a line', policyOf('quorum none # free'), 'policy.malformed'],
    ['a log without key', policyOf('log', 'quorum none'), 'policy.malformed'],
    ['a log with two URLs', policyOf(`${LOG} https://a https://b`, 'quorum none'), 'policy.malformed'],
    ['a witness without key', policyOf('witness w', 'quorum w'), 'policy.malformed'],
    ['a witness called none', policyOf(`witness none ${vkeys[0]}`, 'quorum none'), 'policy.malformed'],
    ['a group called none', policyOf(witness(0), 'group none any w0', 'quorum none'), 'policy.malformed'],
    ['a group without members', policyOf(witness(0), 'group g any', 'quorum w0'), 'policy.malformed'],
    ['a threshold of zero', policyOf(witness(0), 'group g 0 w0', 'quorum g'), 'policy.malformed'],
    ['a threshold above the number of members', policyOf(witness(0), 'group g 2 w0', 'quorum g'), 'policy.malformed'],
    ['a threshold with a leading zero', policyOf(witness(0), 'group g 01 w0', 'quorum g'), 'size.malformed'],
    ['a threshold in words', policyOf(witness(0), 'group g most w0', 'quorum g'), 'size.malformed'],
    ['one name for two witnesses', policyOf(witness(0), `witness w0 ${vkeys[1]}`, 'quorum w0'), 'policy.duplicate'],
    ['one name for witness and group', policyOf(witness(0), 'group w0 any w0', 'quorum w0'), 'policy.duplicate'],
    ['one witness key twice', policyOf(witness(0), `witness w1 ${vkeys[0]}`, 'quorum w0'), 'policy.duplicate'],
    [
      'one witness key under two names',
      policyOf(witness(0), `witness w1 ${otherName}`, 'quorum w0'),
      'policy.duplicate',
    ],
    ['one log twice', policyOf(LOG, LOG, 'quorum none'), 'policy.duplicate'],
    ['one member twice in a group', policyOf(witness(0), 'group g 1 w0 w0', 'quorum g'), 'policy.duplicate'],
    [
      'one member in two groups',
      policyOf(witness(0), 'group g any w0', 'group h any w0', 'quorum g'),
      'policy.duplicate',
    ],
    ['a quorum that is not defined', policyOf('quorum w0'), 'policy.undefined-name'],
    ['a quorum defined below', policyOf('quorum w0', witness(0)), 'policy.undefined-name'],
    ['a member defined below', policyOf('group g any w0', witness(0), 'quorum g'), 'policy.undefined-name'],
    ['a group in itself', policyOf('group g any g', 'quorum g'), 'policy.undefined-name'],
    ['none as a member', policyOf('group g any none', 'quorum g'), 'policy.undefined-name'],
    ['a log key as witness', policyOf(`witness w ${formatVkey(publicPart(logKey))}`, 'quorum w'), 'key.type'],
    ['a witness key as log', policyOf(`log ${vkeys[0]}`, 'quorum none'), 'key.type'],
    [
      'a key whose id is wrong',
      policyOf(`witness w ${vkeys[0]?.replace('example+', 'exemple+')}`, 'quorum w'),
      'key.id',
    ],
    ['more bytes than the limit', `${'#'.repeat(MAX_POLICY_BYTES)}\nquorum none\n`, 'text.too-large'],
  ] as const)('%s: refused', (_, text, code) => {
    expect(() => parsePolicy(text)).toThrow(refusal(code));
  });

  test('a name that is not UTF-8 is refused, a comment may be anything', () => {
    expect(() => parsePolicy(Buffer.from(`witness w\u00e9 ${vkeys[0]}\nquorum none\n`, 'latin1'))).toThrow(
      refusal('text.malformed'),
    );
    expect(parsePolicy(Buffer.from('# caf\u00e9\nquorum none\n', 'latin1')).quorum).toBe('none');
  });

  test('a policy with a line hidden in a name or URL is not written', () => {
    const policy = parsePolicy(policyOf(`${LOG} https://a`, witness(0), 'quorum w0'));
    const [log] = policy.logs;
    for (const url of ['https://a\nlog x', 'two words', 'a\tb', '']) {
      const bad = { ...policy, logs: log === undefined ? [] : [{ ...log, url }] };
      expect(() => formatPolicy(bad)).toThrow(refusal('policy.malformed'));
    }
    expect(() => formatPolicy({ ...policy, quorum: 'w1' })).toThrow(refusal('policy.undefined-name'));
  });
});

test('spaces, tabs, empty lines and comments do not matter, names are compared octet by octet', () => {
  const text = `\t# who\n\n  ${LOG}\thttps://m.example/log \n \t\n${witness(0)}\nwitness \u212a ${vkeys[1]}\nwitness K ${vkeys[2]}\n\tgroup g all w0 \u212a\nquorum g\n`;
  const policy = parsePolicy(text);
  expect(policy.logs).toEqual([{ key: publicPart(logKey), url: 'https://m.example/log' }]);
  expect(policy.witnesses.map(({ name }) => name)).toEqual(['w0', '\u212a', 'K']);
  expect(policy.groups).toEqual([{ name: 'g', threshold: 2, members: ['w0', '\u212a'] }]);
  expect(parsePolicy(formatPolicy(policy))).toEqual(policy);
});

describe('checkpoints under a policy', () => {
  const checkpoint = { origin: ORIGIN, size: 0, root: emptyRoot() };
  const signed = signCheckpoint(checkpoint, logSigner);
  const { text, signatures } = parseNote(signed);
  const cosigned = (...added: NoteSignature[]) => formatNote({ text, signatures: [...signatures, ...added] });
  const policy = parsePolicy(
    policyOf(
      LOG,
      `witness university ${formatVkey(publicPart(universityKey))}`,
      `witness neighbour ${formatVkey(publicPart(neighbourKey))}`,
      'group both all university neighbour',
      'quorum both',
    ),
  );
  const university = cosign(text, universityKey, 7);
  const neighbour = cosign(text, neighbourKey, 9);

  test('a log outside the policy is refused, even with the whole quorum', () => {
    const foreign = signNote({ text, signatures: [university, neighbour] }, [strangerSigner]);
    expect(() => openUnderPolicy(foreign, policy)).toThrow(refusal('note.not-signed'));
  });

  test('too few witnesses are refused, also when one of them cosigned twice', () => {
    for (const few of [[], [university], [neighbour], [university, cosign(text, universityKey, 8)]]) {
      expect(() => openUnderPolicy(cosigned(...few), policy)).toThrow(refusal('policy.no-quorum'));
    }
  });

  test('one false cosignature of a listed witness is refused, even beside a true one', () => {
    const bad = { ...neighbour, signature: flipBit(neighbour.signature, 70) };
    expect(() => openUnderPolicy(cosigned(university, neighbour, bad), policy)).toThrow(
      refusal('note.signature-invalid'),
    );
  });

  test('the quorum is enough, and says when', () => {
    expect(openUnderPolicy(cosigned(neighbour, university), policy)).toMatchObject({
      ...checkpoint,
      cosignatures: [{ timeS: 9 }, { timeS: 7 }],
    });
    expect(openUnderPolicy(signed, parsePolicy(policyOf(LOG, 'quorum none')))).toMatchObject(checkpoint);
  });
});

/** A tree of groups over some witnesses, each used once, and whether a set of witnesses satisfies it. */
type Rule = {
  readonly name: string;
  readonly lines: readonly string[];
  readonly isMet: (present: ReadonlySet<string>) => boolean;
};

describe('any nesting of groups', () => {
  const leaf = (i: number): Rule => ({ name: `w${i}`, lines: [witness(i)], isMet: (present) => present.has(`w${i}`) });
  const join = (rules: readonly Rule[], threshold: number, name: string): Rule => ({
    name,
    lines: [
      ...rules.flatMap(({ lines }) => lines),
      `group ${name} ${threshold} ${rules.map((rule) => rule.name).join(' ')}`,
    ],
    isMet: (present) => rules.filter((rule) => rule.isMet(present)).length >= threshold,
  });
  const rule = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.nat(), fc.nat(), fc.nat()).map(([split, a, b, c]) => {
    const leaves = vkeys.map((_, i) => leaf(i));
    const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
    const inner = [join(left, 1 + (a % left.length), 'left'), join(right, 1 + (b % right.length), 'right')];
    return join(inner, 1 + (c % 2), 'top');
  });

  test('is met by exactly the sets of witnesses that its definition says', () => {
    fc.assert(
      fc.property(rule, fc.subarray([0, 1, 2, 3, 4, 5]), ({ lines, name, isMet }, present) => {
        const policy: Policy = parsePolicy(policyOf(...lines, `quorum ${name}`));
        const cosignatures = present.map((i) => {
          const key = publicPart(witnessKeys[i] ?? logKey);
          return { name: key.name, keyId: key.id, timeS: 1 };
        });
        expect(hasQuorum(policy, cosignatures)).toBe(isMet(new Set(present.map((i) => `w${i}`))));
        expect(parsePolicy(formatPolicy(policy))).toEqual(policy);
      }),
    );
  });
});
