import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** Where everything lands that these scripts install outside node_modules. Ignored by git. */
export const toolsFolder = join(root, '.vscode-test');
