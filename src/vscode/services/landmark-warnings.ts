import path from 'node:path';
import * as vscode from 'vscode';
import { problemSentence, type LandmarkProblem } from '../../core/landmarks/landmark-collection';
import { offered } from './ask';
import type { LandmarkLibrary } from './landmark-library';
import { t } from '../../core/language';

/** Says once of every line that is left out of fits, and of every file that cannot be read, what is wrong with it. */
export function warnOfLandmarkProblems(library: LandmarkLibrary): vscode.Disposable {
  const said = new Set<string>();

  function look(): void {
    const fresh = library.problems.filter((problem) => isNew(said, problemSentence(problem)));
    if (fresh.length > 0) void warnOfLines(fresh);
    for (const { error } of library.unreadable) {
      if (isNew(said, error.message)) void vscode.window.showWarningMessage(error.message);
    }
  }

  void library.ready.then(look);
  return library.onDidChange(look);
}

function isNew(said: Set<string>, sentence: string): boolean {
  return !said.has(sentence) && said.add(sentence) !== undefined;
}

async function warnOfLines(problems: readonly LandmarkProblem[]): Promise<void> {
  const [first] = problems;
  if (first === undefined) return;
  const others = problems.length - 1;
  const more =
    others === 0
      ? []
      : [t('The same file or others have {0, plural, one {# more such line} other {# more such lines}}.', others)];
  const sentence = problemSentence({ ...first, file: path.basename(first.file) });
  const whole = [sentence, ...more, t('Nothing was deleted.')].join(' ');
  if (await offered('Warning', whole, t('Show Line'))) await showLine(first);
}

/** Opens a landmark file at a line. */
export async function showLine({ file, line }: { readonly file: string; readonly line: number }): Promise<void> {
  const position = new vscode.Position(line - 1, 0);
  await vscode.window.showTextDocument(vscode.Uri.file(file), { selection: new vscode.Range(position, position) });
}
