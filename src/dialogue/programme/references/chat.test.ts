import { describe, expect, it, test } from 'vitest';
import { chatLimitCharacters, readChat } from './chat.ts';

const said = (text: string) => readChat(text).messages.map(({ name, text: words }) => [name, words]);

describe('the chat of', () => {
  it('Zoom, as saved since 2022: the text follows on its own lines; direct messages and reactions are left out', () => {
    const chat = readChat(
      [
        '14:31:02 From Ama Mensah to Everyone:',
        '\tThe strategy: https://www.who.int/x',
        '\tand its annex',
        '14:31:40 From Juan Pérez (he/him) to Ama Mensah(Direct Message):',
        '\tcall me https://private.example.org',
        '14:32:00 From Li to Everyone:',
        '\tReacted to "The strategy: https://www.who.int/x" with 👍',
        '14:33:00 From خالد to Everyone:',
        '\tشكرًا',
      ].join('\r\n'),
    );
    expect(chat).toMatchObject({ form: 'zoom', privateCount: 1 });
    expect(chat.messages).toEqual([
      { name: 'Ama Mensah', text: 'The strategy: https://www.who.int/x\nand its annex' },
      { name: 'خالد', text: 'شكرًا' },
    ]);
  });

  it('Zoom, as saved before, and in French', () => {
    expect(said('14:31:02\t From  Ama Mensah : hello\n14:31:09\t From  Bo Li  to  Cy Di(Privately) : secret')).toEqual([
      ['Ama Mensah', 'hello'],
    ]);
    expect(said('14:31:02 De Aïssa Diop à Tous :\n\tbonjour')).toEqual([['Aïssa Diop', 'bonjour']]);
  });

  it('a Zoom recording', () => {
    expect(said('00:58:04\tAlex:\tDepends on it.\n00:58:20\tWanjiru:\tSee doi:10.1000/182')).toEqual([
      ['Alex', 'Depends on it.'],
      ['Wanjiru', 'See doi:10.1000/182'],
    ]);
  });

  test.each([
    ['[9:05 AM] John Smith: Hello there!\n[9:06 AM] Mensah, Ama (Guest): yes', 'teams'],
    ['[16/06/2021 14:35] John Smith\nHello there!\n\n[16/06/2021 14:36] Mensah, Ama (Guest)\nyes', 'teams'],
    ['[14:35] John Smith : Hello there!\n[14:36] Mensah, Ama : yes', 'bigbluebutton'],
    ['00:01:23.000,00:01:26.000\nJohn Smith: Hello there!\n\n00:02:00.000,00:02:03.000\nMensah, Ama: yes', 'meet'],
  ])('%j', (text, form) => {
    expect(readChat(text).form).toBe(form);
    expect(said(text)).toEqual([
      ['John Smith', 'Hello there!'],
      ['Mensah, Ama', 'yes'],
    ]);
  });

  it('an e-mail: the sender’s own words, without what is quoted and the signature', () => {
    const mail = [
      'From: "Ama Mensah" <ama@example.org>',
      'Subject: Re: session 2',
      'Date: Wed, 16 Jun 2021 18:00:00 +0200',
      '',
      'See https://example.org/mine',
      '',
      '> On Tuesday Bo wrote: https://example.org/not-mine',
      '-- ',
      'Ama, https://example.org/signature',
    ].join('\n');
    expect(readChat(mail).form).toBe('mail');
    expect(said(mail)).toEqual([['Ama Mensah', expect.stringMatching(/^\s*See https:\/\/example\.org\/mine\s*$/)]]);
  });
});

it('a text that no rule explains is read without names', () => {
  const jitsi = 'Ama Mensah\nhttps://example.org/a\n14:31\nBo\nthank you';
  expect(readChat(jitsi)).toEqual({ form: 'unknown', messages: [{ name: undefined, text: jitsi }], privateCount: 0 });
});

it('has a limit', () => {
  expect(() => readChat('x'.repeat(chatLimitCharacters + 1))).toThrow('too-large');
  expect(() => readChat('00:00:00\tA:\tx\n'.repeat(20_001))).toThrow('too-many-messages');
});
