import { describe, expect, it } from 'vitest';
import { createEstimators } from '../../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../../src/core/landmarks/campaigns';
import { kernelName } from '../../../src/core/present/kernel-name';
import { networkView } from '../../../src/core/present/network-view';
import { timeBreakdown } from '../../../src/core/present/time-breakdown';
import { kernelsAt } from '../../../src/core/profile/profile-model';
import { layOut } from '../../../webview-ui/network/layout';
import { loadFixture } from '../core/profile/fixtures';
import { profiled } from '../core/profile/profiled';

async function viewOf(file: string) {
  const model = await loadFixture(file);
  const query = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;
  const explained = createEstimators(bundledLandmarks).explainLatency(profiled(model), query);
  const kernels = kernelsAt(model, {});
  if (!explained.ok || !kernels.ok) throw new Error(file);
  return { view: networkView(kernels.value, timeBreakdown(explained.value)), explained: explained.value };
}

describe('the network view', () => {
  it('has the time of every kernel, and what flows between them', async () => {
    const { view, explained } = await viewOf('resnet50.folded.onnx');
    const shown = view.nodes.reduce((sum, { latencyMs }) => sum + (latencyMs ?? 0), 0);
    expect(shown + explained.overheadMs).toBeCloseTo(explained.latencyMs, 9);
    // A residual sum reads the branch and the shortcut.
    const joint = view.nodes.find(({ operators }) => operators === 'Conv + Add + Relu')!;
    expect(joint.sources).toHaveLength(2);
    expect(view.nodes.every(({ sources }, place) => sources.every((source) => source < place))).toBe(true);
  });

  it('collapses the blocks that a stage repeats', async () => {
    const { view } = await viewOf('resnet50.folded.onnx');
    // Of stages of 3, 4, 6 and 3 blocks the first of each differs, by its stride or its shortcut.
    expect(view.blocks.map(({ length, times }) => [length, times])).toEqual([
      [3, 2],
      [3, 3],
      [3, 5],
      [3, 2],
    ]);
    const collapsed = layOut(view, new Set());
    expect(collapsed.boxes).toHaveLength(view.nodes.length - (2 + 3 + 5 + 2) * 3 + 4);
    const share = collapsed.boxes.reduce((sum, box) => sum + box.share, 0);
    expect(share).toBeCloseTo(
      view.nodes.reduce((sum, node) => sum + node.share, 0),
      9,
    );
    const opened = layOut(view, new Set([view.blocks[2]!.first]));
    expect(opened.boxes).toHaveLength(collapsed.boxes.length + 14);
  });

  it.each(['resnet50.folded.onnx', 'densenet121.folded.onnx', 'swin_t.unfolded-scrambled.onnx'])(
    'draws %s without boxes on each other, each under what it reads',
    async (file) => {
      const { view } = await viewOf(file);
      const picture = layOut(view, new Set(view.blocks.map(({ first }) => first)));
      expect(picture.boxes).toHaveLength(view.nodes.length);
      const rows = new Map(picture.boxes.map((box) => [box.id, box]));
      for (const { from, to } of picture.wires) expect(rows.get(from)!.y).toBeLessThan(rows.get(to)!.y);
      const overlapping = picture.boxes.filter((one, index) =>
        picture.boxes
          .slice(index + 1)
          .some(
            (other) => Math.abs(one.x - other.x) < one.width - 1e-6 && Math.abs(one.y - other.y) < one.height - 1e-6,
          ),
      );
      expect(overlapping).toEqual([]);
      const inside = picture.boxes.every(({ x, y }) => x >= 0 && y >= 0 && x <= picture.width && y <= picture.height);
      expect(inside).toBe(true);
    },
  );
});

describe('the name of a kernel', () => {
  const name = (node: string, weight = '', operator = 'Conv') =>
    kernelName({ nodes: [node], weight, operators: [operator], output: { name: 'y', shape: null, dataType: 1 } });

  it('is that of its module, without what exporters add', () => {
    expect(name('/layer4/layer4.0/conv2/Conv')).toBe('layer4.0.conv2');
    expect(name('/features/features.1/Conv_2')).toBe('features.1');
    expect(name('node_Conv_841', 'layer4.0.conv2.weight')).toBe('layer4.0.conv2');
    expect(name('Conv_12', 'onnx::Conv_503')).toBe('Conv_12');
    expect(name('my block')).toBe('my block');
  });
});
