import { spawn } from 'node:child_process';
import { root } from './paths.mjs';

/**
 * Runs a command with the terminal's output and no standard input.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv}} [options]
 * @returns {Promise<number>} the exit code; 127 when the command cannot be started
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    // npm and npx are .cmd files on Windows, which only a shell starts; no argument used here needs quoting.
    const shell = process.platform === 'win32' && (command === 'npm' || command === 'npx');
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell,
    });
    child.on('error', (error) => {
      console.error(`Cannot start ${command}: ${error.message}`);
      resolve(127);
    });
    child.on('exit', (code, signal) => resolve(signal ? 1 : (code ?? 1)));
  });
}

/**
 * Runs one of the project's own tools on the Node.js that runs this script, whatever PATH says.
 *
 * @param {readonly string[]} args the script and its arguments
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>} the exit code
 */
export const runNode = (args, options) => run(process.execPath, args, options);

/**
 * Like `runNode`, with what the command prints returned instead.
 *
 * @param {readonly string[]} args the script and its arguments
 * @returns {Promise<{ code: number, output: string }>}
 */
export function runNodeQuietly(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('close', (code) => resolve({ code: code ?? 1, output: output.trimEnd() }));
  });
}
