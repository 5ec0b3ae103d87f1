/**
 * What a piece of text refers to, and whether two pieces refer to the same work. A reference has one key however it was written: a DOI in any case and
 * behind any resolver, a PubMed number, an ISBN of 10 or 13 digits, a document symbol of the World Health Organization, or an address without what
 * only tracks its reader. Nothing is fetched: what a page says about itself is for people to add.
 */

export interface Identified {
  /** `doi:10.1000/182`, `pmid:33581808`, `pmcid:PMC7876907`, `isbn:9789240020924`, `who:WHA71.7`, `url:example.org/page?id=1`. */
  readonly key: string;
  /** Where it can be read; undefined when only libraries know. */
  readonly link: string | undefined;
  /** As it stood in the text. */
  readonly written: string;
}

/** Why something that looks like a reference is none. */
export type Refusal = 'is-meeting-link' | 'not-public' | 'with-password';

export interface Found {
  readonly references: readonly Identified[];
  readonly refused: readonly { readonly written: string; readonly reason: Refusal }[];
}

// Crossref's own advice for modern DOIs (crossref.org, "DOIs and matching regular expressions"), without quotation marks and angle brackets.
const doiForm = /\b10\.\d{4,9}\/[-._;()/:a-z0-9+]+/i;

const patterns: readonly {
  readonly form: RegExp;
  readonly read: (match: RegExpMatchArray) => Identified | undefined;
}[] = [
  { form: new RegExp(`(?:\\bdoi:? ?)?${doiForm.source}`, 'gi'), read: ([written]) => identifyDoi(written) },
  {
    form: /\bPMID:?\s?(\d{1,8})\b/gi,
    read: ([written, number = '']) => pubmed(number, written),
  },
  {
    form: /\bPMC(?:ID)?:?\s?(?:PMC)?(\d{4,9})\b/gi,
    read: ([written, number = '']) => pubmedCentral(number, written),
  },
  {
    form: /\bISBN(?:-1[03])?:?\s*((?:97[89][- ]?)?(?:\d[- ]?){9}[\dX])\b/gi,
    read: ([written, digits = '']) => identifyIsbn(digits, written),
  },
  // Resolutions and decisions of the Health Assembly and the Executive Board, and their documents: WHA71.7, EB148.R7, EB148(3), A74/9, EB150/5 Add.1.
  {
    form: /\b(?:WHA[1-9]\d?(?:\.\d{1,3}|\(\d{1,3}\))|EB\d{2,3}(?:\.R\d{1,3}|\(\d{1,3}\)|\/\d{1,3}(?: (?:Add|Rev|Corr)\.? ?\d{1,2})?)|A[4-9]\d\/(?:[A-Z]{2,6}[./])?\d{1,3}(?: (?:Add|Rev|Corr)\.? ?\d{1,2})?)(?![\w/])/g,
    read: ([written]) => whoSymbol(written),
  },
  // Publications carry their unit's symbol: WHO/HSE/GCR/LYO/2014.4, WHO/2019-nCoV/...
  { form: /\bWHO\/[A-Z0-9][A-Za-z0-9-]*(?:\/[A-Za-z0-9.-]+){1,5}(?<![.,-])/g, read: ([written]) => whoSymbol(written) },
];

const addressForm = /\bhttps?:\/\/[^\s<>"'`\u00ab\u00bb\u201c\u201d]+/gi;

/** Addresses first; what is inside one is not found a second time. */
export function findReferences(text: string): Found {
  const references: Identified[] = [];
  const refused: { written: string; reason: Refusal }[] = [];
  const rest = text.replace(addressForm, (raw) => {
    const written = trimEnd(raw);
    const found = identifyAddress(written);
    if (typeof found === 'string') refused.push({ written, reason: found });
    else if (found) references.push(found);
    return ' '.repeat(raw.length);
  });
  let left = rest;
  for (const { form, read } of patterns)
    left = left.replace(form, (written, ...groups: unknown[]) => {
      const found = read([written, ...groups.filter((group) => typeof group === 'string')] as RegExpMatchArray);
      if (!found) return written;
      references.push(found);
      return ' '.repeat(written.length);
    });
  return { references: firstOfEach(references), refused };
}

function firstOfEach(references: readonly Identified[]): Identified[] {
  const seen = new Set<string>();
  return references.filter(({ key }) => !seen.has(key) && seen.add(key));
}

/** Full stops, commas and closing brackets that belong to the sentence. */
function trimEnd(text: string): string {
  let end = text.length;
  for (;;) {
    const last = text[end - 1] ?? '';
    if (/[.,;:!?'"*_\u060c\u061b\u061f]/.test(last)) end--;
    else if (')]}'.includes(last) && count(text.slice(0, end), last) > count(text.slice(0, end), opening(last))) end--;
    else return text.slice(0, end);
  }
}

const opening = (closing: string): string => '([{'[')]}'.indexOf(closing)] ?? '';
const count = (text: string, character: string): number => text.split(character).length - 1;

export function identifyDoi(text: string): Identified | undefined {
  const [found] = doiForm.exec(text) ?? [];
  if (found === undefined) return undefined;
  // DOIs are compared without case: ISO 26324:2022, 4.2.
  const doi = trimEnd(found)
    .toLowerCase()
    .replace(/[-./:;]+$/, '');
  if (!/^10\.\d{4,9}\/.+/.test(doi)) return undefined;
  return { key: `doi:${doi}`, link: `https://doi.org/${encodeURI(doi)}`, written: text };
}

const pubmed = (number: string, written: string): Identified => {
  const id = String(Number(number));
  return { key: `pmid:${id}`, link: `https://pubmed.ncbi.nlm.nih.gov/${id}/`, written };
};

const pubmedCentral = (number: string, written: string): Identified => ({
  key: `pmcid:PMC${Number(number)}`,
  link: `https://www.ncbi.nlm.nih.gov/pmc/articles/PMC${Number(number)}/`,
  written,
});

const whoSymbol = (written: string): Identified => ({
  key: `who:${written.replaceAll(/\s+/g, ' ')}`,
  link: undefined,
  written,
});

/** Ten digits become thirteen; a wrong check digit is no ISBN. ISO 2108:2017, annex A and B. */
function identifyIsbn(digits: string, written: string): Identified | undefined {
  const plain = digits.replaceAll(/[- ]/g, '').toUpperCase();
  const values = Array.from(plain, (digit) => (digit === 'X' ? 10 : Number(digit)));
  if (plain.length === 13) {
    const sum = values.reduce((total, value, at) => total + value * (at % 2 === 0 ? 1 : 3), 0);
    return sum % 10 === 0 ? { key: `isbn:${plain}`, link: undefined, written } : undefined;
  }
  if (plain.length !== 10 || values.reduce((total, value, at) => total + value * (10 - at), 0) % 11 !== 0)
    return undefined;
  const stem = `978${plain.slice(0, 9)}`;
  const sum = Array.from(stem).reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 1 : 3), 0);
  return { key: `isbn:${stem}${(10 - (sum % 10)) % 10}`, link: undefined, written };
}

// Addresses

const trackers =
  /^(?:utm_\w+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|igshid|mc_[ce]id|mkt_tok|_hs(?:enc|mi)|hsctatracking|vero_id|oly_(?:anon|enc)_id|ref_src|ref_url|si|cmpid|campaign_?id|trk|trkinfo|spm)$/i;

/** Whoever has one can come in: it is no reading. */
const meetings =
  /^(?:[\w-]+\.)*(?:zoom\.us|zoomgov\.com|meet\.google\.com|meet\.jit\.si|teams\.microsoft\.com|teams\.live\.com|webex\.com|whereby\.com|gotomeet\.me)$/i;
const meetingPaths = /^\/(?:j|my|s|w|wc|join|l\/meetup-join|meet|bigbluebutton|b\/[\w-]+\/join)\b/i;

/** Mail and chat programs wrap addresses in their own; what was meant is inside. */
const wrappers: readonly { readonly host: RegExp; readonly parameter: string }[] = [
  { host: /\.safelinks\.protection\.outlook\.com$/i, parameter: 'url' },
  { host: /^(?:www\.)?google\.[a-z.]+$/i, parameter: 'q' },
  { host: /^lm?\.facebook\.com$/i, parameter: 'u' },
  { host: /^(?:www\.)?linkedin\.com$/i, parameter: 'url' },
  { host: /^slack-redir\.net$/i, parameter: 'url' },
];

const longestAddress = 2000;

export function identifyAddress(written: string, depth = 0): Identified | Refusal | undefined {
  if (written.length > longestAddress || !URL.canParse(written)) return undefined;
  const url = new URL(written);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
  const wrapper = wrappers.find(({ host }) => host.test(url.hostname));
  const inner = wrapper && url.searchParams.get(wrapper.parameter);
  if (inner && /^https?:\/\//i.test(inner) && depth < 3) return identifyAddress(inner, depth + 1);
  if (url.username !== '' || url.password !== '') return 'with-password';
  if (!isPublicHost(url.hostname)) return 'not-public';
  if (meetings.test(url.hostname) && (meetingPaths.test(url.pathname) || /meet\.google|jit\.si/.test(url.hostname)))
    return 'is-meeting-link';
  if (meetingPaths.test(url.pathname) && /^\/(?:bigbluebutton|b\/)/i.test(url.pathname)) return 'is-meeting-link';
  return identifyWork(url, written) ?? plainAddress(url, written);
}

/** Addresses of publishers and indexes that name the work itself. */
function identifyWork(url: URL, written: string): Identified | undefined {
  const host = url.hostname.replace(/^www\./, '');
  const path = decodePath(url.pathname);
  if (host === 'doi.org' || host === 'dx.doi.org') return written_(identifyDoi(path.slice(1)), written);
  const [, inPubmed] = /^\/(?:pubmed\/)?(\d{1,8})\/?$/.exec(path) ?? [];
  if (
    inPubmed !== undefined &&
    (host === 'pubmed.ncbi.nlm.nih.gov' || (host === 'ncbi.nlm.nih.gov' && path.startsWith('/pubmed/')))
  )
    return pubmed(inPubmed, written);
  const [, inCentral] = /^\/(?:pmc\/)?articles\/PMC(\d{4,9})(?:\/|$)/i.exec(path) ?? [];
  if (inCentral !== undefined && /(?:^|\.)ncbi\.nlm\.nih\.gov$|^europepmc\.org$/.test(host))
    return pubmedCentral(inCentral, written);
  // /doi/full/10.1111/..., /article/10.1007/..., ?id=10.1371/journal...: the DOI, without what the publisher's site adds to it.
  const [, inPath] = /\/(?:doi(?:\/[a-z]+)?|articles?)\/(10\.\d{4,9}\/[^?#]+)$/i.exec(path) ?? [];
  const inQuery = url.searchParams.get('id') ?? url.searchParams.get('doi') ?? '';
  const doi =
    inPath?.replace(/(?:\/(?:full(?:text)?|abstract|e?pdf|html|meta)|\.pdf)$/i, '') ??
    (/^10\.\d{4,9}\//.test(inQuery) ? inQuery : undefined);
  return doi === undefined ? undefined : written_(identifyDoi(doi), written);
}

const written_ = (found: Identified | undefined, written: string): Identified | undefined =>
  found && { ...found, written };

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function plainAddress(url: URL, written: string): Identified {
  const kept = [...url.searchParams].filter(([name]) => !trackers.test(name));
  const link = new URL(url);
  link.search = new URLSearchParams(kept).toString();
  // A fragment is a place on the page, except where it is the page.
  if (!/^#[!/]/.test(link.hash)) link.hash = '';
  const query = new URLSearchParams(kept.toSorted(([a, x], [b, y]) => (a + x < b + y ? -1 : 1))).toString();
  const host = link.host.replace(/^www\./, '');
  const path = link.pathname.replace(/\/index\.(?:html?|php)$/i, '/').replace(/\/+$/, '');
  return { key: `url:${host}${path}${query === '' ? '' : `?${query}`}${link.hash}`, link: link.href, written };
}

/** Others must be able to open it: no machine of one's own, no address in a private network. */
function isPublicHost(host: string): boolean {
  if (host.startsWith('[')) return false;
  if (/^\d+(?:\.\d+){3}$/.test(host)) return false;
  return host.includes('.') && !/\.(?:local|localhost|internal|lan|home|corp|test|invalid|onion)$/i.test(host);
}
