import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

/** Whether a window can be shown. */
export function hasDisplay() {
  if (process.platform !== 'linux') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/**
 * The command of a desktop VS Code that can open a window here and is new enough for the extension. A `code` that only
 * passes on to a window elsewhere (Remote SSH, WSL, a container) cannot load an extension from this machine, and on
 * Linux VS Code refuses to run as root.
 *
 * @returns {string | null}
 */
export function findDesktopVscode() {
  const passesOn = Boolean(
    process.env.VSCODE_IPC_HOOK_CLI || process.env.WSL_DISTRO_NAME || process.env.REMOTE_CONTAINERS,
  );
  if (passesOn || !hasDisplay()) return null;
  if (process.platform === 'linux' && process.getuid?.() === 0) return null;
  const commands =
    process.platform === 'win32' ? ['code.cmd', 'code-insiders.cmd'] : ['code', 'code-insiders', 'codium'];
  return commands.find(isNewEnough) ?? null;
}

/** @param {string} command */
function isNewEnough(command) {
  const result = spawnSync(command, ['--version'], {
    encoding: 'utf8',
    timeout: 20_000,
    shell: process.platform === 'win32',
  });
  const version = /^(\d+)\.(\d+)\./.exec(result.stdout ?? '');
  if (result.status !== 0 || !version) return false;
  const wanted = /(\d+)\.(\d+)\./.exec(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.vscode);
  const [major, minor] = [Number(version[1]), Number(version[2])];
  const [wantedMajor, wantedMinor] = [Number(wanted?.[1]), Number(wanted?.[2])];
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
