import { describe, expect, it } from 'vitest';
import { checkReport, type Check } from '../../../src/cli/check-report';

const checks: readonly Check[] = [
  { subject: 'net', name: 'TensorRT FP16: at least 30 FPS', state: 'passed', message: '86.4 FPS.' },
  { subject: 'a<b>&"c"', name: 'p99, of: 40 ms', state: 'failed', message: '51 ms\u001b[2J\n100% more.' },
  { subject: 'other', name: 'measured', state: 'error', message: 'The board is \ud800 gone.' },
];

describe('a report of checks', () => {
  it('is JUnit XML that every reader takes, whatever the names hold', () => {
    const report = checkReport('junit', 'framecast benchmark', checks);
    expect(report).toContain('tests="3" failures="1" errors="1"');
    expect(report).toContain('classname="a&lt;b&gt;&amp;&quot;c&quot;" name="p99, of: 40 ms"');
    expect(report).toContain('<failure message="51 ms\ufffd[2J 100% more."/>');
    expect(report).toContain('<error message="The board is \ufffd gone."/>');
    expect(report.match(/<testcase /g)).toHaveLength(3);
  });

  it('is one annotation of GitHub a line, with what would end it escaped', () => {
    expect(checkReport('github', 'framecast benchmark', checks).split('\n')).toEqual([
      '::notice title=framecast benchmark%3A net::TensorRT FP16: at least 30 FPS: 86.4 FPS.',
      '::error title=framecast benchmark%3A a<b>&"c"::p99, of: 40 ms: 51 ms\u001b[2J%0A100%25 more.',
      '::error title=framecast benchmark%3A other::measured: The board is \ud800 gone.',
      '',
    ]);
  });
});
