/** One module of the runner: its name as others import it, and its text. */
export interface RunnerModule {
  readonly name: string;
  readonly text: string;
}

/** `from framecast_runner.NAME import A, B` or the same with parentheses over several lines. */
const ownImport = /^from framecast_runner\.(\w+) import (?:\([^)]*\)|[^(\n]*)\n/gm;

/**
 * Joins modules into one plain Python file. Modules import each other by `from framecast_runner.NAME import A, B` at
 * the start of a line; those lines go, and the names are there because every module comes before those that use it
 * when they are loaded. So top-level names must differ over all modules.
 *
 * Throws if the modules cannot be joined: that is a mistake in this repository, not bad input.
 */
export function joinModules(modules: readonly RunnerModule[]): string {
  const seen = new Set<string>();
  const parts = modules.map(({ name, text }) => {
    const imported = [...text.matchAll(ownImport)].map((match) => match[1]!);
    const unknown = imported.find((other) => !seen.has(other));
    if (unknown !== undefined) throw new Error(`${name}.py imports ${unknown}, which does not stand before it.`);
    seen.add(name);
    const body = text.replace(ownImport, '').trim();
    if (/\bframecast_runner\b/.test(body))
      throw new Error(`${name}.py imports a module in a way that cannot be joined.`);
    return `# ---- ${name}.py\n\n${body}\n`;
  });
  return `#!/usr/bin/env python3
# Framecast's runner for Jetson boards, joined from its modules. Python 3.6, standard library.

${safePath}
${parts.join('\n\n')}`;
}

/** Nothing is imported from the runner's own folder, as with python3 -P, which is not there before 3.11. */
const safePath = `import os
import sys

if sys.path and os.path.realpath(sys.path[0]) == os.path.dirname(os.path.realpath(__file__)):
    del sys.path[0]
`;
