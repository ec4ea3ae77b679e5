import * as vscode from 'vscode';
import { firstFile, surroundingsOf } from './mentioned-file';
import { allModelPaths, type PathMention } from './model-paths';

/** A model that a text names. */
export interface MentionedModel {
  readonly range: vscode.Range;
  readonly uri: vscode.Uri;
}

/** A text with more of them is a list or a log. */
const maxMentions = 200;

/** The models that lines of a text name, and that are there. */
export async function mentionedModels(
  document: vscode.TextDocument,
  range: vscode.Range | null,
  token: vscode.CancellationToken,
): Promise<readonly MentionedModel[]> {
  const around = surroundingsOf(document);
  const found: MentionedModel[] = [];
  const last = Math.min(range?.end.line ?? Infinity, document.lineCount - 1);
  for (let number = range?.start.line ?? 0; number <= last; number++) {
    const { text } = document.lineAt(number);
    if (!/\.onnx/i.test(text)) continue;
    for (const readings of allModelPaths(text)) {
      const mentioned = await mentionedModel(readings, number, around, token);
      if (token.isCancellationRequested || found.length >= maxMentions) return found;
      if (mentioned !== null) found.push(mentioned);
    }
  }
  return found;
}

/** The first reading that names a file; null where none does. */
export async function mentionedModel(
  readings: readonly PathMention[],
  line: number,
  around: ReturnType<typeof surroundingsOf>,
  token: vscode.CancellationToken,
): Promise<MentionedModel | null> {
  for (const mention of readings) {
    if (token.isCancellationRequested) return null;
    const range = new vscode.Range(line, mention.start, line, mention.end);
    const uri = await firstFile(mention.path, around, token);
    if (uri !== null) return { range, uri };
    const anywhere = mention.isJoined ? await onlyFileNamed(mention.path, token) : null;
    if (anywhere !== null) return { range, uri: anywhere };
  }
  return null;
}

/** The file of the workspace whose path ends so; null where there is none, or more than one. */
async function onlyFileNamed(tail: string, token: vscode.CancellationToken): Promise<vscode.Uri | null> {
  // A name with characters that patterns know would be another search.
  if (/[*?{}[\]\\]|^[/.]|\.\./.test(tail)) return null;
  const [first, second] = await vscode.workspace.findFiles(`**/${tail}`, '**/node_modules/**', 2, token);
  return first !== undefined && second === undefined ? first : null;
}
