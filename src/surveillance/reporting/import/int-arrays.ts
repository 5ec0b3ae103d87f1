/**
 * Whole numbers for PostgreSQL as one parameter: the binary form of a one-dimensional int4[] (array_recv in its source: dimensions, null flag,
 * element type; then length and lower bound; then each element with its length). node-postgres sends a Buffer as it is; as text,
 * a million numbers would be written and read twice.
 */
const int4Oid = 23;
const headerBytes = 20;

export function encodeIntArray(numbers: Int32Array, length = numbers.length): Buffer {
  const bytes = Buffer.allocUnsafe(headerBytes + length * 8);
  bytes.writeInt32BE(length === 0 ? 0 : 1, 0);
  bytes.writeInt32BE(0, 4);
  bytes.writeInt32BE(int4Oid, 8);
  if (length === 0) return bytes.subarray(0, 12);
  bytes.writeInt32BE(length, 12);
  bytes.writeInt32BE(1, 16);
  for (let at = 0, to = headerBytes; at < length; at++, to += 8) {
    bytes.writeInt32BE(4, to);
    bytes.writeInt32BE(numbers[at] ?? 0, to + 4);
  }
  return bytes;
}
