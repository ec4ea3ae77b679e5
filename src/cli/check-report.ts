/** Formats in which build servers read checks: JUnit's XML, and the workflow commands of GitHub Actions. */
export const checkFormats = ['junit', 'github'] as const;

export type CheckFormat = (typeof checkFormats)[number];

/** One thing that was checked. */
export interface Check {
  /** What it is about, e.g. a model's file. */
  readonly subject: string;
  /** What must be true, e.g. `TensorRT FP16: at least 30 FPS`. */
  readonly name: string;
  /** `failed`: it is not true. `error`: it could not be found out. */
  readonly state: 'passed' | 'failed' | 'error';
  /** What was found, as a sentence. */
  readonly message: string;
}

/** Checks as text for a build server, ending with a line break. */
export function checkReport(format: CheckFormat, title: string, checks: readonly Check[]): string {
  return format === 'junit' ? junit(title, checks) : github(title, checks);
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
    '',
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
  const lines = checks.map(({ subject, name, state, message }) => {
    const command = state === 'passed' ? 'notice' : 'error';
    return `::${command} title=${property(`${title}: ${subject}`)}::${data(`${name}: ${message}`)}`;
  });
  return [...lines, ''].join('\n');
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
