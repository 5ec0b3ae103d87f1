/**
 * What a reply to a paper says, line by line: `2: the clause as it should read`, `new 2: a clause behind it`, `support 2.1`, `object 2.1: why`,
 * `because: why` after a proposal. Lines that begin nothing go on with the words before them; words before the first command are given back.
 */
import { positions, readChoice, type Vocabulary } from '../../field/mail/choices.ts';
import type { Position } from '../../text/event.ts';
import { nameOf } from './names.ts';

export type Command =
  | {
      readonly does: 'propose';
      readonly op: 'change' | 'add';
      readonly clause: string;
      readonly text: string;
      readonly reason: string;
    }
  | { readonly does: 'strike'; readonly clause: string; readonly reason: string }
  | { readonly does: Position; readonly proposal: string; readonly reason: string }
  | { readonly does: 'withdraw' | 'adopt'; readonly proposal: string }
  | { readonly does: 'decline'; readonly proposal: string; readonly reason: string };

interface ReadCommands {
  readonly commands: readonly Command[];
  readonly notUnderstood: readonly string[];
}

const verbs: Vocabulary<Position | 'add' | 'strike' | 'withdraw' | 'adopt' | 'decline'> = {
  ...positions,
  add: ['new', 'add', 'nouveau', 'nouvelle', 'nuevo', 'nueva', 'novo', 'nova', 'جديد'],
  strike: ['delete', 'strike', 'supprimer', 'suprimir', 'eliminar', 'احذف'],
  withdraw: ['withdraw', 'retirer', 'je retire', 'retiro', 'retirar', 'اسحب'],
  adopt: ['adopt', 'take up', 'adopter', 'adoptar', 'adotar', 'اعتمد'],
  decline: ['decline', 'décliner', 'rechazar', 'recusar', 'ارفض'],
};

const because: Vocabulary<'because'> = {
  because: ['because', 'reason', 'parce que', 'raison', 'porque', 'razon', 'motivo', 'لان', 'السبب'],
};

const labelled =
  /^[#(]?\s*([\d\u0660-\u0669\u06f0-\u06f9]+(?:[.-][\d\u0660-\u0669\u06f0-\u06f9]+){0,2})\s*(?:[:：)]\s*([^]*))?$/u;

/** Arabic-Indic digits (U+0660, U+06F0) are what many keyboards write. */
const toLatin = (digits: string): string =>
  digits.replaceAll(/[\u0660-\u0669\u06f0-\u06f9]/gu, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf));

type Open = { command: Command; takes: 'text' | 'reason' | 'nothing' };

export function readCommands(words: string): ReadCommands {
  const commands: Open[] = [];
  const notUnderstood: string[] = [];
  for (const line of words.split('\n')) {
    const begun = begin(line.trim());
    const last = commands.at(-1);
    const why = readChoice(line, because);
    if (begun) commands.push(begun);
    else if (why && last && 'reason' in last.command) {
      last.command = { ...last.command, reason: why.reason };
      last.takes = 'reason';
    } else if (last && last.takes !== 'nothing') last.command = goOn(last, line);
    else if (line.trim() !== '') notUnderstood.push(line.trim());
  }
  return { commands: commands.map(({ command }) => trimmed(command)), notUnderstood };
}

function begin(line: string): Open | undefined {
  const [, label = '', text] = labelled.exec(line) ?? [];
  if (label !== '' && text !== undefined)
    return {
      command: { does: 'propose', op: 'change', clause: nameOf(toLatin(label)), text, reason: '' },
      takes: 'text',
    };
  const verb = readChoice(line, verbs);
  const [, number = '', rest = ''] = labelled.exec(verb?.reason ?? '') ?? [];
  if (!verb || number === '') return undefined;
  const name = nameOf(toLatin(number));
  switch (verb.choice) {
    case 'add':
      return { command: { does: 'propose', op: 'add', clause: name, text: rest, reason: '' }, takes: 'text' };
    case 'strike':
      return { command: { does: 'strike', clause: name, reason: rest }, takes: 'reason' };
    case 'withdraw':
    case 'adopt':
      return { command: { does: verb.choice, proposal: name }, takes: 'nothing' };
    case 'decline':
      return { command: { does: 'decline', proposal: name, reason: rest }, takes: 'reason' };
    default:
      return {
        command: { does: verb.choice, proposal: name, reason: rest },
        takes: rest === '' ? 'nothing' : 'reason',
      };
  }
}

function goOn({ command, takes }: Open, line: string): Command {
  if (takes === 'text' && command.does === 'propose') return { ...command, text: `${command.text}\n${line}` };
  return 'reason' in command ? { ...command, reason: `${command.reason}\n${line}` } : command;
}

function trimmed(command: Command): Command {
  if (command.does === 'propose') return { ...command, text: command.text.trim(), reason: command.reason.trim() };
  return 'reason' in command ? { ...command, reason: command.reason.trim() } : command;
}
