export interface MailAddress {
  readonly local: string;
  readonly domain: string;
}

/** The node's own address, without a subaddress. */
export function parseMailAddress(text: string): MailAddress | undefined {
  const match = /^([A-Za-z0-9._-]{1,30})@([A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)$/.exec(text);
  return match ? { local: match[1]!.toLowerCase(), domain: match[2]!.toLowerCase() } : undefined;
}

export const formatMailAddress = ({ local, domain }: MailAddress): string => `${local}@${domain}`;
