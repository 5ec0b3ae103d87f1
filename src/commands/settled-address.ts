/**
 * The address of a node whose log is open is the log's: names and keys hang on it. Where the environment says nothing, the log does; where it says
 * another one, nothing is done, because everything that would be signed could be found by nobody.
 */
import { Client, type ClientConfig } from 'pg';
import type { Config } from '../config.ts';
import { OperatorError } from '../operator-error.ts';

export async function settleAddress(config: Config, connection: ClientConfig): Promise<Config> {
  const client = new Client(connection);
  await client.connect();
  try {
    const { rows } = await client.query<{ url: string }>('select url from logs where is_own');
    return atAddress(config, rows[0]?.url);
  } finally {
    await client.end();
  }
}

export function atAddress(config: Config, publicUrl: string | undefined): Config {
  if (publicUrl === undefined || publicUrl === config.publicUrl) return config;
  if (config.isDefaultAddress) return { ...config, publicUrl, isDefaultAddress: false };
  throw new OperatorError(
    `This node is ${publicUrl}; its log, keys and passkeys hang on that address. Set RECIPROCA_PUBLIC_URL to it, or leave it out.`,
  );
}
