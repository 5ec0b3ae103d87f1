/**
 * Who said what, from the chat of a meeting as its program saves it, or as somebody copied it from the window. Forms, with examples seen in the wild:
 *
 *     Zoom, saved on one's own machine      14:32:10 From Ama Mensah to Everyone:          14:32:10<tab> From  Ama Mensah : text
 *                                           <tab>text on the lines that follow
 *     Zoom, from the recording              00:58:04<tab>Ama Mensah:<tab>text
 *     Teams                                 [9:05 AM] Ama Mensah: text                     [9:05 AM] Ama Mensah
 *                                                                                          text on the lines that follow
 *     Google Meet (.sbv beside a recording) 00:01:23.000,00:01:26.000
 *                                           Ama Mensah: text
 *     BigBlueButton, "save chat"            [14:32] Ama Mensah : text
 *     e-mail                                From: Ama Mensah <ama@example.org>             (headers, an empty line, the text)
 *
 * Jitsi Meet saves nothing; what is copied from its window has the name and the text on lines of their own, which no rule can tell apart: such a text is
 * read without names. A direct message is nobody else's and is left out, as is what merely reports a reaction.
 */

export interface ChatMessage {
  /** As the program called the person; undefined when the text does not say. */
  readonly name: string | undefined;
  readonly text: string;
}

export type ChatForm = 'zoom' | 'zoom-recording' | 'teams' | 'meet' | 'bigbluebutton' | 'mail' | 'unknown';

export interface Chat {
  readonly form: ChatForm;
  readonly messages: readonly ChatMessage[];
  /** Direct messages that were left out. */
  readonly privateCount: number;
}

export const chatLimitCharacters = 2_000_000;
export const chatLimitMessages = 20_000;
const longestName = 120;

interface Line {
  readonly name: string;
  readonly text: string;
  readonly isPrivate?: boolean;
}

type Starter = (line: string, next: string | undefined) => Line | undefined;

const time = String.raw`\d{1,2}:\d{2}(?::\d{2})?(?:\s?[APap]\.?[Mm]\.?)?`;
const date = String.raw`(?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s+)?`;

// "From" and "to Everyone" are in the language of whoever saved the chat; the English form and the forms of our languages are known.
const from = '(?:From|De|Von|من)';
const to = '(?:to|à|a|para|an|إلى)';
const everyone = /^(?:everyone|tous|todos|todas|todo el mundo|tout le monde|alle|الجميع)\b/i;

const zoomTo = new RegExp(`^${time}\\s+${from}\\s+(.+?)\\s+${to}\\s+(.+?)\\s*:\\s*(.*)$`, 'u');
const zoomPlain = new RegExp(`^${time}\\s+${from}\\s+(.+?)\\s+:\\s+(.*)$`, 'u');
const zoomRecording = /^\d{1,2}:\d{2}:\d{2}\t([^\t]+?):?\t(.*)$/;
const bracketed = new RegExp(`^\\[${date}${time}\\]\\s+(.+?)\\s*:\\s+(.*)$`, 'u');
const bracketedAlone = new RegExp(`^\\[${date}${time}\\]\\s+([^:]+)$`, 'u');
const cue = /^\d{1,2}:\d{2}:\d{2}\.\d{3},\d{1,2}:\d{2}:\d{2}\.\d{3}$/;
const namedLine = /^([^:]{1,120}):\s+(.*)$/;

const starters: readonly { readonly form: ChatForm; readonly start: Starter }[] = [
  {
    form: 'zoom',
    start(line) {
      const [, name, whom, text] = zoomTo.exec(line) ?? [];
      if (name !== undefined && whom !== undefined && text !== undefined)
        return { name, text, isPrivate: /\((?:direct message|privately)\)/i.test(whom) || !everyone.test(whom) };
      const [, plainName, plainText] = zoomPlain.exec(line) ?? [];
      if (plainName === undefined || plainText === undefined) return undefined;
      const [, sender, rest] = /^(.+?)\s+to\s+(.+)$/.exec(plainName) ?? [];
      return sender !== undefined && rest !== undefined
        ? { name: sender, text: plainText, isPrivate: !everyone.test(rest) }
        : { name: plainName, text: plainText };
    },
  },
  {
    form: 'zoom-recording',
    start(line) {
      const [, name, text] = zoomRecording.exec(line) ?? [];
      return name === undefined || text === undefined ? undefined : { name, text };
    },
  },
  {
    form: 'bigbluebutton',
    start(line) {
      const [, name, text] = bracketed.exec(line) ?? [];
      return name === undefined || text === undefined || !line.includes(`${name} : `) ? undefined : { name, text };
    },
  },
  {
    form: 'teams',
    start(line, next) {
      const [, name, text] = bracketed.exec(line) ?? [];
      if (name !== undefined && text !== undefined) return { name, text };
      const [, alone] = bracketedAlone.exec(line) ?? [];
      return alone === undefined || next === undefined ? undefined : { name: alone, text: '' };
    },
  },
];

export class ChatError extends Error {
  override readonly name = 'ChatError';
}

export function readChat(text: string): Chat {
  if (text.length > chatLimitCharacters) throw new ChatError('too-large');
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const mail = readMail(lines);
  if (mail) return mail;
  const meet = readMeet(lines);
  if (meet) return meet;
  // The form that explains the most lines.
  const candidates = starters.map(({ form, start }) => ({
    form,
    start,
    hits: lines.filter((line, at) => start(line, lines[at + 1]) !== undefined).length,
  }));
  const best = candidates.reduce((most, each) => (each.hits > most.hits ? each : most));
  if (best.hits === 0) return { form: 'unknown', messages: [{ name: undefined, text }], privateCount: 0 };
  return gather(best.form, lines, best.start);
}

function gather(form: ChatForm, lines: readonly string[], start: Starter): Chat {
  const messages: { name: string | undefined; text: string; isPrivate: boolean }[] = [];
  for (const [at, line] of lines.entries()) {
    const begun = start(line, lines[at + 1]);
    const last = messages.at(-1);
    if (begun) messages.push({ name: nameOf(begun.name), text: begun.text, isPrivate: begun.isPrivate ?? false });
    else if (last && line.trim() !== '') last.text += `\n${line.trim()}`;
    if (messages.length > chatLimitMessages) throw new ChatError('too-many-messages');
  }
  const open = messages.filter(({ isPrivate }) => !isPrivate);
  return {
    form,
    messages: open.filter(({ text }) => !isReaction(text)).map(({ name, text }) => ({ name, text: text.trim() })),
    privateCount: messages.length - open.length,
  };
}

/** Zoom writes a line when somebody puts a heart on a message; it repeats the message, and its credit is not the reactor's. */
const isReaction = (text: string): boolean =>
  /^\s*(?:Reacted to|Removed a .{1,20} reaction from|Replying to)\s+["“]/i.test(text) && !/\n/.test(text.trim());

function nameOf(raw: string): string | undefined {
  // What a program adds to a name: "(Guest)", "(she/her)", "(Host)".
  const name = raw
    .replaceAll(/\s*\((?:guest|host|co-host|organi[sz]er|external|invité|invitado|convidado)\)/gi, '')
    .trim()
    .slice(0, longestName);
  return name === '' ? undefined : name;
}

function readMeet(lines: readonly string[]): Chat | undefined {
  if (!lines.some((line) => cue.test(line.trim()))) return undefined;
  const messages: { name: string | undefined; text: string }[] = [];
  let isFirst = false;
  for (const line of lines) {
    if (cue.test(line.trim())) {
      isFirst = true;
      continue;
    }
    const last = messages.at(-1);
    const [, name, text] = (isFirst ? namedLine.exec(line) : undefined) ?? [];
    if (name !== undefined && text !== undefined) messages.push({ name: nameOf(name), text });
    else if (line.trim() !== '') {
      if (last && !isFirst) last.text += `\n${line.trim()}`;
      else messages.push({ name: undefined, text: line.trim() });
    }
    if (line.trim() !== '') isFirst = false;
    if (messages.length > chatLimitMessages) throw new ChatError('too-many-messages');
  }
  return { form: 'meet', messages, privateCount: 0 };
}

/** One mail with its headers. What it quotes was said by others, and elsewhere. */
function readMail(lines: readonly string[]): Chat | undefined {
  const end = lines.findIndex((line) => line.trim() === '');
  const headers = lines.slice(0, end === -1 ? 0 : Math.min(end, 200));
  if (headers.length < 2 || !headers.every((line) => /^(?:[A-Za-z][A-Za-z-]*:|\s)/.test(line))) return undefined;
  const sender = headers
    .find((line) => /^from:/i.test(line))
    ?.slice(5)
    .trim();
  if (sender === undefined) return undefined;
  const [, quoted] = /^"?([^"<]+?)"?\s*<[^>]+>$/.exec(sender) ?? [];
  const own = lines.slice(end).filter((line) => !line.startsWith('>'));
  const signature = own.findIndex((line) => line === '-- ');
  const text = own.slice(0, signature === -1 ? undefined : signature).join('\n');
  return {
    form: 'mail',
    messages: [{ name: quoted === undefined ? undefined : nameOf(quoted), text }],
    privateCount: 0,
  };
}
