/**
 * What somebody wrote, without what the mail program added: the mail that is answered, the line that introduces it, the signature. The old
 * text is recognised by how programs in many languages mark it. When nothing is left, nothing was said.
 */

const quoteLine = /^\s*>/;
/** RFC 3676, 4.3. */
const signature = /^-- ?$/;
const phoneSignature =
  /^(?:sent (?:from|via) my |get outlook for |envoyé (?:de|depuis) mon |enviado (?:desde|do|a partir do) m(?:i|eu) |von meinem .{1,30} gesendet|أرسلت من )/iu;
const separator =
  /^\s*(?:-{2,}|_{2,})\s*(?:original message|message d'origine|message original|mensaje original|mensagem original|ursprüngliche nachricht|forwarded message|الرسالة الأصلية)\b.*$|^_{20,}\s*$/iu;
/** "On Mon, 2 Mar 2026, Amina wrote:" in one line or broken over two or three. */
const introduction =
  /^\s*(?:on|le|el|em|am|في|بتاريخ)\s.{6,300}(?:wrote|a écrit|escribió|escreveu|schrieb|كتب(?:ت)?)[^\n]{0,40}[::]\s*$/iu;
/** Outlook's block of headers instead of an introduction. */
const headerBlock = /^\s*\*?(?:from|de|von|من)\s?:\*?\s.+$/iu;
const headerBlockNext =
  /^\s*\*?(?:sent|date|envoyé|enviado|fecha|data|gesendet|تاريخ|to|à|para|an|إلى|subject|objet|asunto|assunto|betreff|الموضوع)\s?:\*?\s/iu;

export function readOwnWords(text: string): string {
  const lines = text.replaceAll(/[\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, '').split('\n');
  const own: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (signature.test(line) || phoneSignature.test(line.trim()) || separator.test(line)) break;
    if (isIntroduction(lines, at)) {
      // Below the quoted text some people answer; above it, others do.
      const last = lastLineOf(lines, at);
      if (!quoteLine.test(nextLine(lines, last))) break;
      at = last;
      continue;
    }
    if (headerBlock.test(line) && headerBlockNext.test(nextLine(lines, at))) break;
    if (!quoteLine.test(line)) own.push(line.trimEnd());
  }
  return own
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

function isIntroduction(lines: readonly string[], at: number): boolean {
  return [1, 2, 3].some((count) => introduction.test(lines.slice(at, at + count).join(' ')));
}

function lastLineOf(lines: readonly string[], at: number): number {
  return at + [0, 1, 2].findIndex((more) => introduction.test(lines.slice(at, at + more + 1).join(' ')));
}

/** The next line with anything on it. */
function nextLine(lines: readonly string[], at: number): string {
  return lines.slice(at + 1).find((line) => line.trim() !== '') ?? '';
}
