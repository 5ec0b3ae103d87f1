import type { SendOptions } from './site.ts';

/** A form with a file, as a browser sends it (RFC 7578). */
export function upload(
  fields: Readonly<Record<string, string>>,
  file: { readonly field: string; readonly name: string; readonly content: string },
): Pick<SendOptions, 'body' | 'headers'> {
  const boundary = 'reciproca-test-boundary';
  const part = (head: string, content: string): string => `--${boundary}\r\n${head}\r\n\r\n${content}\r\n`;
  const parts = [
    ...Object.entries(fields).map(([name, value]) => part(`Content-Disposition: form-data; name="${name}"`, value)),
    part(
      `Content-Disposition: form-data; name="${file.field}"; filename="${file.name}"\r\nContent-Type: application/octet-stream`,
      file.content,
    ),
  ];
  return {
    body: `${parts.join('')}--${boundary}--\r\n`,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}
