import { readFile } from 'node:fs/promises';

/**
 * Bundles the runner's Python modules without their comments and docstrings, a sixth of their text, which is in the
 * package and is sent to every board.
 *
 * @type {import('esbuild').Plugin}
 */
export const leanPython = {
  name: 'lean-python',
  setup(build) {
    build.onLoad({ filter: /[\\/]jetson[\\/]runner[\\/]\w+\.py$/ }, async ({ path }) => ({
      contents: withoutProse(await readFile(path, 'utf8')),
      loader: 'text',
    }));
  },
};

/** Strings, comments, brackets, and ends of lines that end no statement or may end one. */
const token = /("""|''')(?:\\[^]|(?!\1)[^])*\1|"(?:\\[^]|[^"\\\n])*"|'(?:\\[^]|[^'\\\n])*'|#.*|[([{]|[)\]}]|\\\n|\n/g;

const docstring = /^ *[rR]?("""|''')(?:\\[^]|(?!\1)[^])*\1$/;

/**
 * The same program without comments and docstrings, with an empty line before each function and class alone.
 *
 * @param {string} source a Python file, indented with spaces
 */
export function withoutProse(source) {
  const statements = statementsOf(source);
  return statements
    .flatMap((statement, index) => {
      if (!docstring.test(statement)) return [statement];
      const indent = indentOf(statement);
      const isWholeBody = indent > 0 && indentOf(statements[index + 1] ?? '') < indent;
      return isWholeBody ? [`${' '.repeat(indent)}pass`] : [];
    })
    .map((statement) => `${/^(def|class) /.test(statement) ? '\n' : ''}${statement}\n`)
    .join('');
}

/**
 * @param {string} source
 * @returns {string[]} with their indentation, without comments and empty lines; a line with several counts as one
 */
function statementsOf(source) {
  const statements = [];
  let statement = '';
  let depth = 0;
  let from = 0;
  for (const { 0: found, index } of `${source}\n`.matchAll(token)) {
    statement += source.slice(from, index);
    from = index + found.length;
    if (found.startsWith('#')) continue;
    if (found !== '\n') {
      statement += found;
      depth += '([{'.includes(found) ? 1 : ')]}'.includes(found) ? -1 : 0;
      continue;
    }
    statement = statement.trimEnd();
    if (depth > 0) {
      statement += found;
    } else if (statement !== '') {
      statements.push(statement);
      statement = '';
    }
  }
  return statements;
}

/** @param {string} statement */
function indentOf(statement) {
  return statement.length - statement.trimStart().length;
}
