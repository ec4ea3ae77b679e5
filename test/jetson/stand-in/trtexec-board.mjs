/** The files of the stand-in device that change while a network runs on it. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What a test wants of the device, in stand-in.json of the sysroot.
 *
 * @typedef {object} Behaviour
 * @property {number} threads CPU threads that onnxruntime computes with
 * @property {'build' | 'time' | null} kill stage in which the kernel kills trtexec for want of memory
 * @property {'build' | 'time' | null} hold stage in which trtexec waits until this is null; timing, after its first query
 * @property {number} sparedRuns timed runs that end well before `kill` and `hold` begin with one
 * @property {number} buildDelayMs how much longer a build takes than it does
 * @property {number} paceMs pause after every timed query, which is no part of its time
 * @property {boolean} throttles whether the GPU's clock falls while a network runs
 * @property {boolean} swaps whether the board swaps while a network runs
 */

export class BoardFiles {
  /** @param {string} sysroot */
  constructor(sysroot) {
    this.sysroot = sysroot;
  }

  /** @returns {Behaviour} */
  settings() {
    return JSON.parse(readFileSync(join(this.sysroot, 'stand-in.json'), 'utf8'));
  }

  /**
   * Shows that the GPU works, and what a test wants to happen meanwhile.
   *
   * @returns {() => void} ends it
   */
  startInference() {
    const { throttles, swaps } = this.settings();
    const isThor = existsSync(join(this.sysroot, 'sys/class/devfreq/gpu-gpc-0'));
    const node = `sys/class/devfreq/${isThor ? 'gpu-gpc-0' : '57000000.gpu'}`;
    const [load, busy] = isThor ? ['load', '99\n'] : ['sys/devices/gpu.0/load', '993\n'];
    const clock = `${node}/cur_freq`;
    const highest = Number(this.read(`${node}/max_freq`));
    const idle = this.read(clock);
    this.write(load, busy);
    this.write(clock, `${throttles ? Math.round(highest / 2) : highest}\n`);
    if (swaps) this.raise(['pswpin', 'pswpout'], 4096);
    return () => {
      this.write(load, '0\n');
      this.write(clock, idle);
    };
  }

  /**
   * Waits for as long as a test holds the board in this stage.
   *
   * @param {'build' | 'time'} stage
   */
  async whileHeld(stage) {
    const isHeld = () => {
      const { hold, sparedRuns } = this.settings();
      return hold === stage && this.timedRuns() >= sparedRuns;
    };
    while (isHeld()) await sleep(20);
  }

  /** Ends this process as the kernel does when memory runs out. */
  async killForMemory() {
    this.raise(['oom_kill'], 1);
    process.kill(process.pid, 'SIGKILL');
    // The signal may take a moment to arrive.
    await sleep(10_000);
  }

  /** Counts a timed run that ended well. */
  countRun() {
    this.write('timed-runs', String(this.timedRuns() + 1));
  }

  timedRuns() {
    return existsSync(join(this.sysroot, 'timed-runs')) ? Number(this.read('timed-runs')) : 0;
  }

  /**
   * Raises counters of proc/vmstat.
   *
   * @param {readonly string[]} names
   * @param {number} by
   */
  raise(names, by) {
    const lines = this.read('proc/vmstat')
      .split('\n')
      .map((line) => {
        const [name = '', value = ''] = line.split(' ');
        return names.includes(name) ? `${name} ${Number(value) + by}` : line;
      });
    this.write('proc/vmstat', lines.join('\n'));
  }

  /** @param {string} path */
  read(path) {
    return readFileSync(join(this.sysroot, path), 'utf8');
  }

  /**
   * In one step, so that no reader sees half of it.
   *
   * @param {string} path
   * @param {string} content
   */
  write(path, content) {
    const part = join(this.sysroot, `${path}.${process.pid}.part`);
    writeFileSync(part, content);
    renameSync(part, join(this.sysroot, path));
  }
}
