import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { jsonText, printable } from './terminal';

/** Formats in which build servers read checks: JUnit's XML, the workflow commands of GitHub Actions, and SARIF. */
export const checkFormats = ['junit', 'github', 'sarif'] as const;

export type CheckFormat = (typeof checkFormats)[number];

export function isCheckFormat(format: string): format is CheckFormat {
  return (checkFormats as readonly string[]).includes(format);
}

/** One thing that was checked. */
export interface Check {
  /** What it is about, e.g. a model's name. */
  readonly subject: string;
  /** The file that it is about, where there is one, relative to the current folder if it lies in it. */
  readonly file?: string;
  /** What kind of check it is, e.g. `target`; equal for all models. */
  readonly rule: CheckRule;
  /** What must be true, e.g. `TensorRT FP16: at least 30 FPS`. */
  readonly name: string;
  /** `failed`: it is not true. `error`: it could not be found out. */
  readonly state: 'passed' | 'failed' | 'error';
  /** What was found, as a sentence. */
  readonly message: string;
}

const rules = {
  runs: 'The model runs on the board as it was exported.',
  target: 'The model reaches the target.',
  latency: 'The 99th percentile of the trials is within its limit.',
  power: 'The board draws no more power than its limit.',
  measured: 'The model was measured.',
} as const;

export type CheckRule = keyof typeof rules;

/** Who reports, as reports name it. */
export interface Reporter {
  /** `framecast predict`. */
  readonly title: string;
  readonly version: string;
}

/** Checks as text for a build server. */
export function checkReport(format: CheckFormat, { title, version }: Reporter, checks: readonly Check[]): string {
  if (format === 'junit') return junit(title, checks);
  return format === 'github' ? github(title, checks) : sarif(version, checks);
}

/** The common subset of JUnit's XML: a suite with a case for each check. */
function junit(title: string, checks: readonly Check[]): string {
  const count = (state: Check['state']): number => checks.filter((check) => check.state === state).length;
  const totals = `tests="${checks.length}" failures="${count('failed')}" errors="${count('error')}"`;
  const cases = checks.map(({ subject, name, state, message }) => {
    const opening = `    <testcase classname="${xml(subject)}" name="${xml(name)}"`;
    if (state === 'passed') return `${opening}><system-out>${xml(message)}</system-out></testcase>`;
    return `${opening}><${state === 'failed' ? 'failure' : 'error'} message="${xml(message)}"/></testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${xml(title)}" ${totals}>`,
    `  <testsuite name="${xml(title)}" ${totals}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
  ].join('\n');
}

function xml(text: string): string {
  const entities: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };
  // XML 1.0 has no way to write other control characters.
  // eslint-disable-next-line no-control-regex -- these are the characters that it is about
  const allowed = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd');
  return allowed.replace(/[<>&"]/g, (character) => entities[character]!).replace(/[\t\r\n]/g, ' ');
}

/** https://docs.github.com/actions/reference/workflow-commands-for-github-actions: an annotation for each check. */
function github(title: string, checks: readonly Check[]): string {
  const lines = checks.map(({ subject, file, name, state, message }) => {
    const command = state === 'passed' ? 'notice' : 'error';
    const place = file === undefined ? '' : `file=${property(file)},`;
    return `::${command} ${place}title=${property(`${title}: ${subject}`)}::${data(`${name}: ${message}`)}`;
  });
  return lines.join('\n');
}

function data(text: string): string {
  const lines = text.split(/\r?\n/).map(printable);
  return lines.join('\n').replaceAll('%', '%25').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0): what passed is no result. */
function sarif(version: string, checks: readonly Check[]): string {
  const missed = checks.filter(({ state }) => state !== 'passed');
  const results = missed.map(({ file, rule, subject, name, state, message }) => ({
    ruleId: rule,
    level: state === 'failed' ? 'error' : 'warning',
    message: { text: `${subject}, ${name}: ${message}` },
    // Viewers want a line, even in a binary file.
    locations:
      file === undefined
        ? []
        : [{ physicalLocation: { artifactLocation: { uri: uriOf(file) }, region: { startLine: 1 } } }],
  }));
  const driver = {
    name: 'Framecast',
    version,
    rules: Object.entries(rules).map(([id, text]) => ({ id, shortDescription: { text } })),
  };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, results }],
  };
  return jsonText(log);
}

/** A path as a reference relative to the current folder, or a `file:` address of what lies elsewhere. */
function uriOf(file: string): string {
  if (path.isAbsolute(file) || file.startsWith('..')) return pathToFileURL(file).href;
  return path
    .normalize(file)
    .split(path.sep)
    .map((part) => encodeURIComponent(part.replace(/\p{Surrogate}/gu, '\ufffd')))
    .join('/');
}
