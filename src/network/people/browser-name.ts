/** Enough for a person to recognise her own devices; the rest of what a browser says about itself is not kept. */
export function describeBrowser(userAgent: string): string {
  const browser =
    find(userAgent, [
      ['Edge', /Edg(?:e|A|iOS)?\//],
      ['Opera', /OPR\/|Opera/],
      ['Samsung Internet', /SamsungBrowser\//],
      ['Firefox', /Firefox\/|FxiOS\//],
      ['Chrome', /Chrome\/|CriOS\//],
      ['Safari', /Safari\//],
    ]) ?? 'Browser';
  const system = find(userAgent, [
    ['Android', /Android/],
    ['iPhone', /iPhone/],
    ['iPad', /iPad/],
    ['KaiOS', /KAIOS/i],
    ['Windows', /Windows/],
    ['Mac', /Macintosh/],
    ['Linux', /Linux|X11/],
  ]);
  return system === undefined ? browser : `${browser}, ${system}`;
}

function find(text: string, names: readonly (readonly [string, RegExp])[]): string | undefined {
  return names.find(([, pattern]) => pattern.test(text))?.[0];
}
