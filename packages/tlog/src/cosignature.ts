/** c2sp.org/tlog-cosignature, type 0x04: a witness states that, at a time, this was the largest consistent tree it had seen. */
import { formatDecimal, isSize } from './decimal.ts';
import {
  KEY_TYPES,
  makeEd25519Sign,
  makeEd25519Verify,
  publicPart,
  SIGNATURE_BYTES,
  type SigningKey,
  type VerifierKey,
} from './key.ts';
import type { NoteSignature, Verifier } from './note.ts';
import { TlogError } from './tlog-error.ts';

const TIME_BYTES = 8;

/** Cosigns the text of a checkpoint (its three lines, without signatures) at a time in seconds since 1970. */
export function cosign(checkpointText: string, key: SigningKey, timeS: number): NoteSignature {
  if (key.type !== KEY_TYPES.cosignature) throw new TlogError('key.type', 'not a key for cosignatures');
  // Zero would mean "no statement about the time", which a witness may not make.
  if (!isSize(timeS) || timeS === 0) throw new TlogError('cosignature.time', 'not a time in whole seconds since 1970');
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigUInt64BE(BigInt(timeS));
  const signature = Buffer.concat([time, makeEd25519Sign(key.seed)(messageToSign(checkpointText, timeS))]);
  return { name: key.name, keyId: publicPart(key).id, signature };
}

export function makeCosignatureVerifier(key: VerifierKey): Verifier {
  if (key.type !== KEY_TYPES.cosignature) throw new TlogError('key.type', 'not a key for cosignatures');
  const verify = makeEd25519Verify(key.publicKey);
  return {
    name: key.name,
    keyId: key.id,
    verify: (text, signature) => {
      const timeS = findTimeS(signature);
      return timeS !== undefined && verify(messageToSign(text, timeS), signature.subarray(TIME_BYTES));
    },
  };
}

/** When the witness says that it signed. It means nothing before the cosignature has been verified. */
export function cosignatureTimeS(signature: Uint8Array): number {
  const timeS = findTimeS(signature);
  if (timeS === undefined) throw new TlogError('cosignature.malformed', 'not a time and an Ed25519 signature');
  return timeS;
}

/** Zero says nothing about the time, which a witness of a checkpoint must; beyond 2^53-1 no clock is meant. Both cosignatures are refused. */
function findTimeS(signature: Uint8Array): number | undefined {
  if (signature.byteLength !== TIME_BYTES + SIGNATURE_BYTES) return undefined;
  const time = Number(new DataView(signature.buffer, signature.byteOffset).getBigUint64(0));
  return isSize(time) && time > 0 ? time : undefined;
}

function messageToSign(checkpointText: string, timeS: number): Uint8Array {
  return Buffer.from(`cosignature/v1\ntime ${formatDecimal(timeS)}\n${checkpointText}`);
}
