import { describe, expect, it } from 'vitest';
import { checkReport, type Check } from '../../../src/cli/check-report';

const checks: readonly Check[] = [
  {
    subject: 'net',
    file: 'models/net 1.onnx',
    rule: 'target',
    name: 'TensorRT FP16: at least 30 FPS',
    state: 'passed',
    message: '86.4 FPS.',
  },
  {
    subject: 'a<b>&"c"',
    file: '/models/a:b,c.onnx',
    rule: 'latency',
    name: 'p99, of: 40 ms',
    state: 'failed',
    message: '51 ms\u001b[2J\n100% more.',
  },
  { subject: 'other', rule: 'measured', name: 'measured', state: 'error', message: 'The board is \ud800 gone.' },
];

const reporter = { title: 'framecast benchmark', version: '1.2.3' };

describe('a report of checks', () => {
  it('is JUnit XML that every reader takes, whatever the names hold', () => {
    const report = checkReport('junit', reporter, checks);
    expect(report).toContain('tests="3" failures="1" errors="1"');
    expect(report).toContain('classname="a&lt;b&gt;&amp;&quot;c&quot;" name="p99, of: 40 ms"');
    expect(report).toContain('<failure message="51 ms\ufffd[2J 100% more."/>');
    expect(report).toContain('<error message="The board is \ufffd gone."/>');
    expect(report.match(/<testcase /g)).toHaveLength(3);
  });

  it('is one annotation of GitHub a line, with what would end it escaped', () => {
    expect(checkReport('github', reporter, checks).split('\n')).toEqual([
      '::notice file=models/net 1.onnx,title=framecast benchmark%3A net::TensorRT FP16: at least 30 FPS: 86.4 FPS.',
      '::error file=/models/a%3Ab%2Cc.onnx,title=framecast benchmark%3A a<b>&"c"::p99, of: 40 ms: 51 ms␛[2J%0A100%25 more.',
      '::error title=framecast benchmark%3A other::measured: The board is \ufffd gone.',
    ]);
  });

  it('is SARIF of what did not pass, with references that are addresses', () => {
    const log = JSON.parse(checkReport('sarif', reporter, checks)) as {
      version: string;
      runs: {
        tool: { driver: { name: string; version: string; rules: { id: string }[] } };
        results: { ruleId: string; level: string; message: { text: string }; locations: object[] }[];
      }[];
    };
    const [run] = log.runs;
    expect(log.version).toBe('2.1.0');
    expect(run!.tool.driver).toMatchObject({ name: 'Framecast', version: '1.2.3' });
    expect(run!.results).toMatchObject([
      {
        ruleId: 'latency',
        level: 'error',
        locations: [{ physicalLocation: { artifactLocation: { uri: 'file:///models/a:b,c.onnx' } } }],
      },
      { ruleId: 'measured', level: 'warning', locations: [] },
    ]);
    const known = run!.tool.driver.rules.map(({ id }) => id);
    for (const { ruleId } of run!.results) expect(known).toContain(ruleId);
    const relative = checkReport('sarif', reporter, [{ ...checks[0]!, state: 'failed' }]);
    expect(relative).toContain('"uri": "models/net%201.onnx"');
  });
});
