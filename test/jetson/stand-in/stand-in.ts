import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startSshd, type SshdOptions, type TestServer } from '../harness/sshd';
import { writeSysroot, type SysrootOptions } from './sysroot';

export interface StandInOptions extends SysrootOptions {
  readonly sshd?: SshdOptions;
}

/**
 * A device to benchmark on that is none of NVIDIA's: a real OpenSSH server whose commands find the files of a Jetson
 * and a trtexec that runs networks on this machine's CPU. Everything that is measured on it is filed under `stand-in`.
 */
export interface StandIn {
  readonly server: TestServer;
  /** Folder that stands before absolute paths. */
  readonly sysroot: string;
  /** Changes the device while it runs; what is left out stays as it was. */
  configure(changes: SysrootOptions): Promise<void>;
  /** Ends the server and everything that it started, and removes all files. */
  stop(): Promise<void>;
}

export async function startStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const { sshd = {}, ...device } = options;
  const sysroot = await mkdtemp(path.join(os.tmpdir(), 'framecast-sysroot-'));
  let current: SysrootOptions = device;
  await writeSysroot(sysroot, current);
  const server = await startSshd({ ...sshd, environment: { ...sshd.environment, FRAMECAST_SYSROOT: sysroot } });
  return {
    server,
    sysroot,
    configure: async (changes) => {
      current = { ...current, ...changes };
      await writeSysroot(sysroot, current);
    },
    stop: async () => {
      await server.stop();
      await rm(sysroot, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
