/** OAI-PMH 2.0, http://www.openarchives.org/OAI/openarchivesprotocol.html: the six verbs over what networks of this node published. */
import type { Reading } from '../../../house.ts';
import { listHosted } from '../hosted.ts';
import { itemPath } from '../items/answers.ts';
import { licenceAddress } from '../items/item.ts';
import { document, element, leaf, text, type Xml } from '../xml.ts';
import {
  formatStamp,
  formatToken,
  metadataPrefix,
  OaiError,
  parseArguments,
  parseSelection,
  type Arguments,
  type Selection,
  type Verb,
} from './arguments.ts';
import { findEarliest, findHarvested, listHarvested, type Harvested } from './store.ts';

export interface OaiSettings {
  readonly repositoryName: string;
  readonly adminEmail: string;
  readonly publicUrl: string;
}

export const recordsInList = 100;

const schemaInstance = 'http://www.w3.org/2001/XMLSchema-instance';
const protocol = 'http://www.openarchives.org/OAI/2.0/';

export async function answerOai(
  reading: Reading,
  settings: OaiSettings,
  pairs: readonly (readonly [string, string])[],
): Promise<string> {
  const now = reading.house.clock.now();
  try {
    const { verb, given } = parseArguments(pairs);
    try {
      return envelope(
        settings,
        now,
        { verb, ...given },
        element(verb, {}, ...(await run(reading, settings, verb, given))),
      );
    } catch (error) {
      // Section 3.6: what was asked is repeated, except where it was no request at all.
      if (error instanceof OaiError && error.code !== 'badArgument')
        return envelope(settings, now, { verb, ...given }, errorElement(error));
      throw error;
    }
  } catch (error) {
    if (error instanceof OaiError) return envelope(settings, now, {}, errorElement(error));
    throw error;
  }
}

const errorElement = ({ code, message }: OaiError): Xml => element('error', { code }, text(message));

function envelope({ publicUrl }: OaiSettings, now: Date, asked: Arguments, content: Xml): string {
  return document(
    element(
      'OAI-PMH',
      {
        xmlns: protocol,
        'xmlns:xsi': schemaInstance,
        'xsi:schemaLocation': `${protocol} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd`,
      },
      leaf('responseDate', formatStamp(now)),
      leaf('request', `${publicUrl}/oai`, asked),
      content,
    ),
  );
}

async function run(
  reading: Reading,
  settings: OaiSettings,
  verb: Verb,
  given: Arguments,
): Promise<readonly (Xml | undefined)[]> {
  const { reader } = reading;
  switch (verb) {
    case 'Identify':
      return identify(settings, (await findEarliest(reader)) ?? reading.house.clock.now());
    case 'ListMetadataFormats':
      if (given['identifier'] !== undefined) await getRecord(reading, settings, given['identifier']);
      return [
        element(
          'metadataFormat',
          {},
          leaf('metadataPrefix', metadataPrefix),
          leaf('schema', 'http://www.openarchives.org/OAI/2.0/oai_dc.xsd'),
          leaf('metadataNamespace', 'http://www.openarchives.org/OAI/2.0/oai_dc/'),
        ),
      ];
    case 'ListSets':
      if (given['resumptionToken'] !== undefined)
        throw new OaiError('badResumptionToken', 'The list of sets is given whole.');
      return (await listHosted(reader)).map(({ slug, name }) =>
        element('set', {}, leaf('setSpec', slug), leaf('setName', name)),
      );
    case 'ListIdentifiers':
      return list(reading, given, (record) => header(record, settings));
    case 'ListRecords':
      return list(reading, given, (record) => recordElement(record, settings));
    case 'GetRecord': {
      if (given['metadataPrefix'] !== metadataPrefix)
        throw new OaiError('cannotDisseminateFormat', `Only ${metadataPrefix} is given.`);
      return [recordElement(await getRecord(reading, settings, given['identifier'] ?? ''), settings)];
    }
  }
}

function identify({ repositoryName, adminEmail, publicUrl }: OaiSettings, earliest: Date) {
  return [
    leaf('repositoryName', repositoryName),
    leaf('baseURL', `${publicUrl}/oai`),
    leaf('protocolVersion', '2.0'),
    leaf('adminEmail', adminEmail),
    leaf('earliestDatestamp', formatStamp(earliest)),
    leaf('deletedRecord', 'persistent'),
    leaf('granularity', 'YYYY-MM-DDThh:mm:ssZ'),
  ];
}

async function list(
  { reader }: Reading,
  given: Arguments,
  form: (record: Harvested) => Xml,
): Promise<readonly (Xml | undefined)[]> {
  const selection = parseSelection(given);
  const found = await listHarvested(reader, selection, recordsInList + 1);
  if (found.length === 0) throw new OaiError('noRecordsMatch', 'Nothing matches.');
  const records = found.slice(0, recordsInList);
  return [...records.map(form), resumption(selection, records, found.length > recordsInList)];
}

/** Section 3.5: the last part of a list that came in parts ends with an empty token. */
function resumption(selection: Selection, records: readonly Harvested[], isMore: boolean): Xml | undefined {
  const last = records.at(-1);
  const cursor = String(selection.cursor);
  if (isMore && last)
    return leaf('resumptionToken', formatToken(selection, last, selection.cursor + records.length), { cursor });
  return selection.cursor > 0 ? element('resumptionToken', { cursor }) : undefined;
}

const identifierOf = ({ id }: Harvested, { publicUrl }: OaiSettings): string =>
  `oai:${new URL(publicUrl).hostname}:${id}`;

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

async function getRecord({ reader }: Reading, settings: OaiSettings, identifier: string): Promise<Harvested> {
  const id = identifier.split(':').at(-1) ?? '';
  const record = uuid.test(id) ? await findHarvested(reader, id) : undefined;
  if (!record || identifierOf(record, settings) !== identifier)
    throw new OaiError('idDoesNotExist', 'No record has this identifier.');
  return record;
}

function header(record: Harvested, settings: OaiSettings): Xml {
  return element(
    'header',
    { status: record.content ? undefined : 'deleted' },
    leaf('identifier', identifierOf(record, settings)),
    leaf('datestamp', `${record.stamp}Z`),
    leaf('setSpec', record.party.slug),
  );
}

function recordElement(record: Harvested, settings: OaiSettings): Xml {
  return element(
    'record',
    {},
    header(record, settings),
    record.content && element('metadata', {}, dublinCore(record, record.content, settings)),
  );
}

/** Simple Dublin Core: ISO 15836-1. */
function dublinCore(
  { id, party }: Harvested,
  content: NonNullable<Harvested['content']>,
  { publicUrl }: OaiSettings,
): Xml {
  const { title, body, link, licence, language, authors, publishedAt } = content;
  return element(
    'oai_dc:dc',
    {
      'xmlns:oai_dc': 'http://www.openarchives.org/OAI/2.0/oai_dc/',
      'xmlns:dc': 'http://purl.org/dc/elements/1.1/',
      'xmlns:xsi': schemaInstance,
      'xsi:schemaLocation':
        'http://www.openarchives.org/OAI/2.0/oai_dc/ http://www.openarchives.org/OAI/2.0/oai_dc.xsd',
    },
    leaf('dc:title', title),
    ...authors.map((name) => leaf('dc:creator', name)),
    body === '' ? undefined : leaf('dc:description', body),
    leaf('dc:publisher', party.name),
    leaf('dc:date', publishedAt.toISOString().slice(0, 10)),
    leaf('dc:type', 'Text'),
    leaf('dc:identifier', `${publicUrl}${itemPath(party.slug, id)}`),
    leaf('dc:relation', link),
    leaf('dc:language', language),
    leaf('dc:rights', licence && (licenceAddress(licence) ?? licence)),
  );
}
