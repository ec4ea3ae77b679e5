import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveDestination } from '../../../src/jetson/connection/destination';
import { connect } from '../../../src/jetson/connection/session';
import { noPrompts } from '../harness/prompts';
import { startSshd, type TestServer } from '../harness/sshd';
import { valueOf } from '../harness/result';

describe('a session', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startSshd();
  });
  afterAll(() => server.stop());

  it('runs a command with its arguments unharmed', async () => {
    const destination = valueOf(await resolveDestination('board', { configFile: server.configFile }));
    const session = valueOf(await connect(destination, { prompts: noPrompts }));
    const outcome = valueOf(await session.run(['printf', '%s|', 'a b', "it's", '$(id)', 'line\nbreak', 'Größe', '']));
    expect(outcome).toEqual({
      exitCode: 0,
      signal: null,
      stdout: "a b|it's|$(id)|line\nbreak|Größe||",
      stderr: '',
    });
    session.close();
    expect(await session.ended).toBeNull();
  });
});
