import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, type CallToolResult } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCommandLine, fixtures, root, type CommandLine } from '../command-line';

let cli: CommandLine;
let folder: string;
let client: Client;

/** A client as assistants have one, with the command line as its server. */
async function connect(options: ConstructorParameters<typeof Client>[1] = {}, ...flags: string[]): Promise<Client> {
  const connected = new Client({ name: 'test', version: '1' }, options);
  await connected.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [cli.bundle, 'mcp', ...flags],
      cwd: fixtures,
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, XDG_DATA_HOME: folder },
    }),
  );
  return connected;
}

const call = async (name: string, input: Record<string, unknown>, by = client): Promise<CallToolResult> =>
  await by.callTool({ name, arguments: input });

const textOf = ({ content }: CallToolResult): string => content.map((part) => ('text' in part ? part.text : '')).join();

beforeAll(async () => {
  cli = await buildCommandLine();
  folder = await mkdtemp(path.join(tmpdir(), 'framecast-mcp-'));
  client = await connect();
});

afterAll(async () => {
  await client.close();
  await cli.remove();
  await rm(folder, { recursive: true });
});

describe('framecast mcp', () => {
  it('lists tools with schemas, all of them read-only but the benchmark', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'predict',
      'compare',
      'boards',
      'plan',
      'pipeline',
      'landmarks',
      'benchmark',
    ]);
    for (const { name, description, inputSchema, annotations } of tools) {
      expect(description!.length).toBeLessThan(500);
      expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
      expect(annotations).toMatchObject({ readOnlyHint: name !== 'benchmark', destructiveHint: false });
    }
    const refusing = await connect({}, '--no-benchmark');
    expect((await refusing.listTools()).tools.map(({ name }) => name)).not.toContain('benchmark');
    await refusing.close();
  });

  it('says which of these models make 30 FPS on an Orin Nano, with the figures of framecast predict', async () => {
    const models = ['resnet18.folded.onnx', 'mobilefacenet.folded.onnx', 'cdcn.folded.onnx'];
    const asked = { models, device: 'orin nano', resolution: 512, targetFps: 30 };
    const flags = ['--device', 'orin nano', '--resolution', '512', '--target-fps', '30'];
    const { stdout } = await cli.run(['predict', ...models, ...flags, '--json']);
    const predicted = JSON.parse(stdout) as {
      file: string;
      estimate: { throughputFps: number; interval: object } | null;
      verdict: { kind: string } | null;
    }[];
    for (const name of ['predict', 'compare']) {
      const answer = await call(name, asked);
      const { models: rows } = answer.structuredContent as { models: typeof predicted & { throughputFps: number }[] };
      expect(rows).toHaveLength(predicted.length);
      for (const { file, estimate, verdict } of predicted) {
        const row = rows.find((each) => each.file === file);
        expect(row).toMatchObject({
          throughputFps: estimate?.throughputFps ?? null,
          interval: estimate?.interval ?? null,
          verdict: verdict && { kind: verdict.kind },
        });
      }
      expect(textOf(answer)).toContain('Jetson Orin Nano 8GB, TensorRT FP16');
    }
    const compared = await call('compare', asked);
    const { models: rows } = compared.structuredContent as {
      models: { throughputFps: number | null; verdict: { kind: string } | null }[];
    };
    const figures = rows.flatMap(({ throughputFps }) => throughputFps ?? []);
    expect(figures).toEqual([...figures].sort((one, other) => other - one));
    // The question is only worth asking where the answers differ.
    expect(new Set(rows.map(({ verdict }) => verdict?.kind)).size).toBeGreaterThan(1);
  });

  it('answers of boards, plans, pipelines and landmarks as the command line does', async () => {
    const model = 'resnet18.folded.onnx';
    const boards = await call('boards', { model, targetFps: 300 });
    const { smallest, boards: listed } = boards.structuredContent as {
      smallest: { device: string; powerMode: string };
      boards: { device: string; powerMode: string; throughputFps: number }[];
    };
    const place = ['--device', smallest.device, '--power-mode', smallest.powerMode];
    const [there] = JSON.parse((await cli.run(['predict', model, ...place, '--json'])).stdout) as [
      { estimate: { throughputFps: number } },
    ];
    expect(listed).toContainEqual(
      expect.objectContaining({ ...smallest, throughputFps: there.estimate.throughputFps }),
    );
    expect(there.estimate.throughputFps).toBeGreaterThanOrEqual(300);

    const plan = await call('plan', { family: 'mobilenetv2', targetFps: 60, device: 'nano' });
    const planned = JSON.parse(
      (await cli.run(['plan', '--family', 'MobileNetV2', '--target-fps', '60', '--json'])).stdout,
    ) as { answer: { label: string; estimate: { throughputFps: number } } };
    expect(plan.structuredContent).toMatchObject({
      answer: { label: planned.answer.label, throughputFps: planned.answer.estimate.throughputFps },
    });
    expect(textOf(plan)).toContain(`${planned.answer.label} is the largest MobileNetV2 that reaches 60 FPS`);

    const sample = path.join(root, 'samples/pipeline.yaml');
    const pipeline = await call('pipeline', { file: sample });
    const budget = JSON.parse((await cli.run(['pipeline', sample, '--json'])).stdout) as { throughputFps: number };
    expect(pipeline.structuredContent).toMatchObject({ throughputFps: budget.throughputFps, isComplete: true });

    const landmarks = await call('landmarks', { device: 'jetson nano', family: 'resnet', limit: 2 });
    expect(landmarks.structuredContent).toMatchObject({
      count: expect.any(Number),
      landmarks: [{ family: 'ResNet', source: expect.any(String) }, { family: 'ResNet' }],
    });
  });

  it('answers hostile questions with a code and a sentence, and goes on serving', async () => {
    const pipeline = path.join(folder, 'pipeline.yaml');
    await writeFile(pipeline, 'stages:\n- model: gone.onnx\n');
    const hostile: [tool: string, input: Record<string, unknown>, code: string][] = [
      ['predict', { models: ['gone.onnx'] }, 'unreadable'],
      ['predict', { models: ['\0.onnx'] }, 'unreadable'],
      ['predict', { models: ['/dev/zero'] }, 'unreadable'],
      ['predict', { models: ['../*.never'] }, 'no-match'],
      ['predict', { models: [] }, 'invalid-request'],
      ['predict', { models: new Array<string>(100_000).fill('a.onnx') }, 'invalid-request'],
      ['predict', { models: ['a'.repeat(1_000_000)] }, 'invalid-request'],
      ['predict', {}, 'invalid-request'],
      ['predict', { models: ['resnet18.folded.onnx'], resolution: 1e9 }, 'invalid-request'],
      ['predict', { models: ['resnet18.folded.onnx'], resolution: '99999x99999' }, 'invalid-request'],
      ['predict', { models: ['resnet18.folded.onnx'], batch: -1 }, 'invalid-request'],
      ['predict', { models: ['resnet18.folded.onnx'], targetFps: 'fast' }, 'invalid-request'],
      ['predict', { models: ['resnet18.folded.onnx'], device: '__proto__' }, 'invalid-request'],
      ['predict', { models: ['resnet18.folded.onnx'], runtime: 'constructor' }, 'invalid-request'],
      ['predict', { models: ['resnet18.folded.onnx'], device: 'nano', powerMode: 'toString' }, 'invalid-request'],
      ['predict', { models: ['resnet18.folded.onnx'], toString: 1 }, 'invalid-request'],
      ['compare', { models: 'resnet18.folded.onnx' }, 'invalid-request'],
      ['boards', { model: fixtures }, 'unreadable'],
      ['plan', { targetFps: 30 }, 'invalid-request'],
      ['plan', { targetFps: 30, family: 'hasOwnProperty' }, 'invalid-request'],
      ['plan', { targetFps: 30, model: 'resnet18.folded.onnx', step: 1, largest: 16_384 }, 'invalid-request'],
      ['pipeline', { file: path.join(root, 'package-lock.json') }, 'too-large'],
      ['pipeline', { file: fixtures }, 'unreadable'],
      ['landmarks', { limit: 1e9 }, 'invalid-request'],
      ['benchmark', { models: ['resnet18.folded.onnx'], board: 'nowhere' }, 'not-confirmed'],
      ['benchmark', { models: ['gone.onnx'], board: 'nowhere', confirmed: true }, 'unreadable'],
      [
        'benchmark',
        { models: ['resnet18.folded.onnx'], board: '-oProxyCommand=x', confirmed: true },
        'invalid-request',
      ],
      ['constructor', {}, 'invalid-request'],
    ];
    for (const [tool, input, code] of hostile) {
      const answer = await call(tool, input);
      const said = textOf(answer);
      expect.soft(answer, `${tool} ${JSON.stringify(input).slice(0, 100)}: ${said}`).toMatchObject({
        isError: true,
        structuredContent: { error: { code, message: expect.stringMatching(/\.$/) } },
      });
      expect(said.length).toBeLessThan(2000);
    }
    const lost = await call('pipeline', { file: pipeline });
    expect(lost.structuredContent).toMatchObject({ isComplete: false, stages: [{ problem: expect.any(String) }] });
    const mixed = await call('predict', { models: ['gone.onnx', 'resnet18.folded.onnx'] });
    expect(mixed.structuredContent).toMatchObject({ models: [{}], unreadable: [{ file: 'gone.onnx' }] });
  });

  it('asks whoever can be asked before it measures, whatever the assistant says, in both revisions of the protocol', async () => {
    for (const mode of ['legacy', 'auto'] as const) {
      const asked: string[] = [];
      const asking = await connect({ capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode } });
      expect(asking.getNegotiatedProtocolVersion()! >= '2026').toBe(mode === 'auto');
      asking.setRequestHandler('elicitation/create', async ({ params }) => {
        asked.push(params.message);
        return { action: 'accept', content: { agreed: false } };
      });
      const refused = await call('benchmark', { models: ['x.onnx'], board: 'nano', confirmed: true }, asking);
      expect(refused.structuredContent).toMatchObject({ error: { code: 'cancelled' } });
      expect(asked).toEqual([expect.stringContaining('Measure x.onnx on nano?')]);
      await asking.close();
    }
  });
});
