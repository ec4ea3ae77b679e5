import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const root = path.join(__dirname, '..', '..');

/** A sentence that is looked up in catalogues, or one that is not. */
export interface UserText {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

export interface UserTexts {
  /** What the code passes to `t`. */
  readonly messages: readonly UserText[];
  /** What reads like a sentence for people, and is not passed to `t`. */
  readonly outside: readonly UserText[];
  /** Calls of `t` that a catalogue cannot serve: not of a literal, or while a module loads. */
  readonly misused: readonly UserText[];
}

/** All TypeScript below folders of the repository, as paths with `/`. */
export function sourceFiles(folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
      .map((name) => path.posix.join(folder, name.replaceAll('\\', '/')))
      .sort(),
  );
}

/** Reads the texts of a file in its syntax tree. */
export function userTexts(file: string): UserTexts {
  const source = ts.createSourceFile(
    file,
    readFileSync(path.join(root, file), 'utf8'),
    ts.ScriptTarget.Latest,
    /* setParentNodes */ true,
  );
  const found = { messages: [] as UserText[], outside: [] as UserText[], misused: [] as UserText[] };
  const note = (into: UserText[], node: ts.Node, text: string): void => {
    into.push({ file, line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1, text });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 't') {
      const [message] = node.arguments;
      const isLiteral = message !== undefined && ts.isStringLiteralLike(message);
      note(isLiteral ? found.messages : found.misused, node, isLiteral ? message.text : node.getText());
      if (!isInFunction(node)) note(found.misused, node, node.getText());
    } else if (ts.isTaggedTemplateExpression(node)) {
      for (const text of textsOfMarkup(node)) note(found.outside, node, text);
    } else if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      const text = ts.isTemplateExpression(node)
        ? [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…')
        : node.text;
      // Markup that is written to a file, such as a report.
      const parts = /^<\S/.test(text) ? withoutTags(text).split('\u{e001}') : [text];
      if (parts.some(readsAsSentence) && !isForCode(node)) note(found.outside, node, text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isInFunction(node: ts.Node): boolean {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    // Options of a page are made when its module runs, after the language has been set.
    if (ts.isFunctionLike(at)) return true;
    if (ts.isCallExpression(at) && at.expression.getText() === 'connect') return true;
  }
  return false;
}

/** Several words, but for lists of classes, documents and command lines. */
function readsAsSentence(text: string): boolean {
  if (/^(<!DOCTYPE|framecast |torch\.|# TODO|import )/.test(text)) return false;
  if (/^[\w./:#*-]*$/.test(text) || /^[a-z-]+( [a-z]+(-[a-z…]+)+)*( |…)*$/.test(text)) return false;
  return /\p{L}{2,}[^\p{L}]* \p{L}/u.test(text);
}

const calleesOfCode =
  /(^|\.)(t|on|check|Error|TypeError|RangeError|executeCommand|querySelector(All)?|closest|matches|test|addEventListener|register\w*|getConfiguration|describe|warn|error|split|join|replaceAll|setAttribute)$|^context\.(unknown|giveUp|adjust)$/;

/**
 * What no user reads: types, names of modules and keys, comparisons, errors of programmers, selectors, and what stays
 * unknown of a shape, which is for tests.
 */
function isForCode(node: ts.Node): boolean {
  const { parent } = node;
  if (isInConstants(node)) return true;
  if (ts.isConditionalExpression(parent) && parent.condition !== node) return isForCode(parent);
  if (ts.isTaggedTemplateExpression(parent) || ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent))
    return true;
  if (ts.isLiteralTypeNode(parent) || ts.isCaseClause(parent) || ts.isElementAccessExpression(parent)) return true;
  if (ts.isBinaryExpression(parent) && parent.operatorToken.getText().includes('==')) return true;
  if (ts.isPropertyAssignment(parent) && parent.name === node) return true;
  if (!ts.isCallExpression(parent) && !ts.isNewExpression(parent)) return false;
  return calleesOfCode.test(parent.expression.getText());
}

/** Values of a type, `as const`: what people read is looked up, so it is never constant. */
function isInConstants(node: ts.Node): boolean {
  let at = node.parent;
  while (ts.isArrayLiteralExpression(at) || ts.isPropertyAssignment(at) || ts.isObjectLiteralExpression(at))
    at = at.parent;
  return ts.isAsExpression(at) && ts.isTypeReferenceNode(at.type) && at.type.getText() === 'const';
}

function withoutTags(markup: string): string {
  return markup.replace(/<[^>]*>/g, '\u{e001}');
}

/** Words between tags, and in attributes that are read out or shown. */
function textsOfMarkup({ tag, template }: ts.TaggedTemplateExpression): readonly string[] {
  if (!/^(html|svg)$/.test(tag.getText())) return [];
  const parts = ts.isTemplateExpression(template)
    ? [template.head.text, ...template.templateSpans.map(({ literal }) => literal.text)]
    : [template.text];
  const markup = parts.join('\u{e000}');
  const attributes = [...markup.matchAll(/\s(?:title|aria-label|placeholder|label|alt)="([^"\u{e000}]+)"/gu)];
  const between = withoutTags(markup).split(/[\u{e000}\u{e001}]/u);
  return [...attributes.map(([, text]) => text!), ...between].filter((text) => /\p{L}{2,}/u.test(text));
}
