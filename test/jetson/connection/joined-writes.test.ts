import type net from 'node:net';
import { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import { joinWrites } from '../../../src/jetson/connection/joined-writes';
import { resolveDestination } from '../../../src/jetson/connection/destination';
import { openLink, openSocket } from '../../../src/jetson/connection/link';
import { knownKeysOf } from '../../../src/jetson/connection/host-key';
import { noPrompts } from '../harness/prompts';
import { valueOf } from '../harness/result';
import { startSshd } from '../harness/sshd';

it('hands over in one piece what is written in one turn, in order and whole', async () => {
  const handed: string[][] = [];
  const stream = new Duplex({
    read: () => undefined,
    writev: (chunks, done) => {
      handed.push(chunks.map(({ chunk }) => String(chunk)));
      done();
    },
  });
  joinWrites(stream);
  for (const turn of [
    ['a', 'b', 'c'],
    ['d', 'e'],
  ]) {
    turn.forEach((text) => stream.write(text));
    await new Promise(setImmediate);
  }
  stream.write('f');
  stream.end('g');
  await new Promise((resolve) => stream.once('finish', resolve));
  expect(handed.flat().join('')).toBe('abcdefg');
  expect(handed.slice(0, 2)).toEqual([
    ['a', 'b', 'c'],
    ['d', 'e'],
  ]);
});

it('has each packet of SSH leave in one piece', async () => {
  const server = await startSshd();
  const destination = valueOf(await resolveDestination('board', { configFile: server.configFile }));
  const socket = valueOf(await openSocket(destination, { timeoutMs: 5000 }));
  const pieces: number[] = [];
  const internal = socket as net.Socket & Record<'_write' | '_writev', (...args: unknown[]) => void>;
  const [writeOne, writeMany] = [internal._write.bind(socket), internal._writev.bind(socket)];
  internal._write = (...args) => {
    pieces.push((args[0] as Buffer).length);
    writeOne(...args);
  };
  internal._writev = (...args) => {
    pieces.push((args[0] as { chunk: Buffer }[]).reduce((sum, { chunk }) => sum + chunk.length, 0));
    writeMany(...args);
  };
  const options = { known: valueOf(await knownKeysOf(destination)), prompts: noPrompts, keepaliveIntervalMs: 10_000 };
  const link = valueOf(await openLink(destination, socket, options));
  pieces.length = 0;
  await new Promise<void>((resolve, reject) => {
    link.client.exec('cat > /dev/null', (error, channel) => {
      if (error) return reject(error);
      channel.on('close', () => resolve()).resume();
      channel.end(Buffer.alloc(2 ** 20));
    });
  });
  link.close();
  await link.ended;
  await server.stop();
  // A packet's length and its authentication code alone have 4 and 16 bytes.
  expect(pieces.filter((bytes) => bytes < 20)).toEqual([]);
  expect(pieces.reduce((sum, bytes) => sum + bytes, 0)).toBeGreaterThan(2 ** 20);
});
