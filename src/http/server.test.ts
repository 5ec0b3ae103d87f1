import { connect } from 'node:net';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { listen } from './server.ts';

test('a client that sends its headers drop by drop is let go', async () => {
  const server = await listen({ port: 0, host: '127.0.0.1', headersTimeoutMs: 200 }, () => new Hono());
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: '));
    const drops = setInterval(() => socket.write('a'), 50);
    let text = '';
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(drops);
      resolve(text);
    });
  });
  expect(answer).toContain('408 Request Timeout');
  await server.stop(100);
});

test('a port that is taken is said at once', async () => {
  const first = await listen({ port: 0, host: '127.0.0.1' }, () => new Hono());
  await expect(listen({ port: first.port, host: '127.0.0.1' }, () => new Hono())).rejects.toThrow(`Port ${first.port}`);
  await first.stop(100);
});
