import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type YAMLMap,
} from 'yaml';
import { findMode, unknownMode } from '../landmarks/devices';
import { runtimes, type Runtime } from '../landmarks/landmark';
import { deviceOfName } from '../landmarks/typed-names';
import { closestName } from '../closest-name';
import { maxSide, parseImageSize } from '../image-size';
import { t, wholeNumber } from '../language';
import { pipelineBounds, type Pipeline, type PipelineProblem, type PipelineStage, type TextRange } from './pipeline';
import { pipelineKeys, stageKeys, type PipelineKey } from './pipeline-keys';

/** A pipeline as far as it can be read, and what is wrong with the rest. */
export interface PipelineReading {
  /** null when the text is no pipeline at all. */
  readonly pipeline: Pipeline | null;
  readonly problems: readonly PipelineProblem[];
  /** Turns offsets into lines and columns, both from 0. */
  position(offset: number): { readonly line: number; readonly column: number };
}

/** Longer texts are no pipelines that people write; YAML's parser is slow with odd ones. */
const maxCharacters = 50_000;
/** Brackets in brackets, and dashes behind dashes: deeper ones cost YAML's parser its stack, and the process all memory. */
const deepest = 20;
const manyDashes = new RegExp(`^(?:[ \\t]*[-?] ){${deepest}}`, 'm');
/** Of a text that is no pipeline every line may be a problem. */
const mostProblems = 50;

/**
 * Reads a pipeline file (YAML 1.2). Never fails: whatever cannot be taken becomes a problem on its line, and the other
 * stages are still there. Aliases are followed one level deep, so no text can grow by them.
 *
 * @param knownDevices ids of what `device` may name, in whatever way people write it
 */
export function readPipeline(text: string, knownDevices: readonly string[]): PipelineReading {
  const lines = new LineCounter();
  const problems: PipelineProblem[] = [];
  const position = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(0, line - 1), column: Math.max(0, col - 1) };
  };
  if (text.length > maxCharacters) {
    const message = t(
      'This file has {0} characters; a pipeline has {1} at most.',
      wholeNumber(text.length),
      wholeNumber(maxCharacters),
    );
    return { pipeline: null, problems: [{ severity: 'error', message, range: { start: 0, end: 0 } }], position };
  }
  if (isNestedDeeply(text)) {
    const message = t('This file is nested more deeply than {0} levels, which no pipeline is.', deepest);
    return { pipeline: null, problems: [{ severity: 'error', message, range: { start: 0, end: 0 } }], position };
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
  for (const { message, pos } of document.errors.slice(0, mostProblems)) {
    problems.push({ severity: 'error', message: sentence(message), range: { start: pos[0], end: pos[1] } });
  }
  const reader = new Reader(document, knownDevices, problems);
  return { pipeline: reader.pipeline(), problems, position };
}

function isNestedDeeply(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '[' || character === '{') depth++;
    else if (character === ']' || character === '}') depth = Math.max(0, depth - 1);
    if (depth > deepest) return true;
  }
  return manyDashes.test(text);
}

class Reader {
  readonly #document: Document;
  readonly #devices: readonly string[];
  readonly #problems: PipelineProblem[];

  constructor(document: Document, devices: readonly string[], problems: PipelineProblem[]) {
    this.#document = document;
    this.#devices = devices;
    this.#problems = problems;
  }

  pipeline(): Pipeline | null {
    const root = this.#document.contents;
    if (!isMap(root)) {
      this.#problem(root, t('A pipeline is a list of keys: device, camera_fps, faces and stages.'));
      return null;
    }
    const values = this.#values(root, pipelineKeys(), (key) => t('A pipeline has no key {0}.', key));
    const { cameraFps, faces } = pipelineBounds;
    const stages = values.get('stages');
    if (stages === undefined) this.#problem(root, t('This pipeline has no stages. Add `stages:` with a model each.'));
    const device = this.#device(values.get('device'));
    return {
      device,
      runtime: this.#runtime(values.get('runtime')),
      powerMode: this.#powerMode(values.get('power_mode'), device),
      cameraFps: this.#number(values.get('camera_fps'), 'camera_fps', { above: 0, most: cameraFps }),
      faces: this.#number(values.get('faces'), 'faces', { least: 0, most: faces, whole: true }) ?? 1,
      stages: stages === undefined ? [] : this.#stages(stages),
    };
  }

  #stages(node: Node): readonly PipelineStage[] {
    const list = this.#resolved(node);
    if (list === null) return [];
    if (!isSeq(list)) {
      this.#problem(node, t('stages is a list: begin each stage with a dash.'));
      return [];
    }
    if (list.items.length === 0) this.#problem(node, t('This pipeline has no stages. Add a model for each.'));
    if (list.items.length > pipelineBounds.stages) {
      this.#problem(
        node,
        t('A pipeline has {0} stages at most; those after that are left out.', pipelineBounds.stages),
      );
    }
    const names = new Set<string>();
    return list.items.slice(0, pipelineBounds.stages).flatMap((item, index) => {
      const stage = this.#stage(item as Node, index);
      if (stage === null) return [];
      if (names.has(stage.name)) {
        this.#problem(item as Node, t('Another stage is called {0}. Give each its own name.', stage.name), 'warning');
      }
      names.add(stage.name);
      return [stage];
    });
  }

  #stage(item: Node, index: number): PipelineStage | null {
    const map = this.#resolved(item);
    if (map === null) return null;
    if (!isMap(map)) {
      this.#problem(item, t('A stage has a name and a model: `- name: detect`, then `model: detector.onnx`.'));
      return null;
    }
    const values = this.#values(map, stageKeys(), (key) => t('A stage has no key {0}.', key));
    const modelNode = values.get('model');
    const model = this.#text(modelNode, 'model');
    if (modelNode === undefined)
      this.#problem(item, t('This stage has no model. Add `model:` with the path of an ONNX file.'));
    if (model === null || modelNode === undefined) return null;
    const runs = this.#runs(values.get('runs'));
    const every = this.#number(values.get('every'), 'every', { least: 1, most: pipelineBounds.every, whole: true });
    const batch = this.#flag(values.get('batch'), 'batch');
    if (runs === null) return null;
    if (batch && runs !== 'faces') {
      this.#problem(values.get('batch'), t('`batch` has no effect without `runs: faces`.'), 'warning');
    }
    return {
      name: this.#text(values.get('name'), 'name') ?? `stage ${index + 1}`,
      model,
      input: this.#size(values.get('input')),
      runs,
      every: every ?? 1,
      batch: batch && runs === 'faces',
      range: rangeOf(item),
      modelRange: rangeOf(modelNode),
      inputRange: rangeOf(values.get('input') ?? modelNode),
    };
  }

  /** The values of a map by their keys; unknown and repeated keys become problems. */
  #values(map: YAMLMap, keys: readonly PipelineKey[], unknown: (key: string) => string): Map<string, Node> {
    const values = new Map<string, Node>();
    const names = keys.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    for (const { key, value } of map.items) {
      const text = isScalar(key) ? String(key.value) : '';
      const known = keys.find(({ name, aliases = [] }) => name === text || aliases.includes(text));
      if (known === undefined) {
        const close = closestName(text, names);
        const rest =
          close === null
            ? t('Known keys: {0}.', keys.map(({ name }) => name).join(', '))
            : t('Did you mean {0}?', close);
        this.#problem(key as Node, `${unknown(shortened(text))} ${rest}`, 'warning');
      } else if (value !== null) values.set(known.name, value as Node);
    }
    return values;
  }

  #device(node: Node | undefined): string | null {
    const id = this.#text(node, 'device');
    const device = id === null ? null : deviceOfName(shortened(id), this.#devices);
    if (device?.ok === false) this.#problem(node, device.error);
    return device?.ok ? device.value : null;
  }

  #powerMode(node: Node | undefined, device: string | null): string | null {
    const name = this.#text(node, 'power_mode');
    if (name === null || device === null) return name;
    const complaint = unknownMode(device, name);
    if (complaint !== null) this.#problem(node, complaint);
    return findMode(device, name)?.name ?? null;
  }

  #runtime(node: Node | undefined): Runtime | null {
    const name = this.#text(node, 'runtime');
    const known = runtimes.find((runtime) => runtime === name);
    if (name !== null && known === undefined) {
      this.#problem(node, t('Runtime {0} is not known. Known runtimes: {1}.', shortened(name), runtimes.join(', ')));
    }
    return known ?? null;
  }

  #runs(node: Node | undefined): number | 'faces' | null {
    if (node === undefined) return 1;
    const scalar = this.#resolved(node);
    if (scalar === null) return null;
    if (isScalar(scalar) && scalar.value === 'faces') return 'faces';
    const value = isScalar(scalar) ? scalar.value : null;
    if (typeof value === 'number' && value > 0 && value <= pipelineBounds.runs) return value;
    this.#problem(
      node,
      t(
        'runs is how often the network runs per frame: a number (more than 0 and at most {0}), or `faces`.',
        pipelineBounds.runs,
      ),
    );
    return null;
  }

  #size(node: Node | undefined): PipelineStage['input'] {
    if (node === undefined) return null;
    const scalar = this.#resolved(node);
    if (scalar === null) return null;
    // The text as written: YAML takes 0x10 for a number.
    const text = isScalar(scalar) ? (scalar.source ?? String(scalar.value)) : '';
    const size = parseImageSize(text);
    if (size !== null) return size;
    this.#problem(
      node,
      t('input is width × height, such as 640x480, from 1 to {0} pixels a side.', wholeNumber(maxSide)),
    );
    return null;
  }

  #text(node: Node | undefined, key: string): string | null {
    if (node === undefined) return null;
    const scalar = this.#resolved(node);
    if (scalar === null) return null;
    if (isScalar(scalar) && (typeof scalar.value === 'string' || typeof scalar.value === 'number')) {
      const text = String(scalar.value).trim();
      if (text !== '' && text.length <= 4096) return text;
    }
    this.#problem(node, t('{0} is a text.', key));
    return null;
  }

  #number(
    node: Node | undefined,
    key: string,
    bounds: { readonly above?: number; readonly least?: number; readonly most: number; readonly whole?: boolean },
  ): number | null {
    if (node === undefined) return null;
    const scalar = this.#resolved(node);
    if (scalar === null) return null;
    const value = isScalar(scalar) ? scalar.value : null;
    const { above = -Infinity, least = -Infinity, most, whole = false } = bounds;
    if (
      typeof value === 'number' &&
      value > above &&
      value >= least &&
      value <= most &&
      (!whole || Number.isInteger(value))
    ) {
      return value;
    }
    const limit = wholeNumber(most);
    const message = whole
      ? t('{0} is a whole number from {1} to {2}.', key, least, limit)
      : t('{0} is a number more than {1} and at most {2}.', key, above, limit);
    this.#problem(node, message);
    return null;
  }

  #flag(node: Node | undefined, key: string): boolean {
    if (node === undefined) return false;
    const scalar = this.#resolved(node);
    if (scalar === null) return false;
    if (isScalar(scalar) && typeof scalar.value === 'boolean') return scalar.value;
    this.#problem(node, t('{0} is true or false.', key));
    return false;
  }

  /** The node that an alias refers to; null, and a problem, when it refers to nothing or contains itself. */
  #resolved(node: Node): Node | null {
    if (!isAlias(node)) return node;
    const target = node.resolve(this.#document);
    const [at, within] = [rangeOf(node), target === undefined ? null : rangeOf(target)];
    if (target === undefined || within === null || isAlias(target)) {
      this.#problem(node, t('{0} refers to nothing that comes before it.', `*${shortened(node.source)}`));
      return null;
    }
    if (within.start <= at.start && at.end <= within.end) {
      this.#problem(node, t('{0} contains itself.', `*${shortened(node.source)}`));
      return null;
    }
    return target;
  }

  #problem(node: Node | null | undefined, message: string, severity: PipelineProblem['severity'] = 'error'): void {
    this.#problems.push({ severity, message, range: rangeOf(node) });
  }
}

function rangeOf(node: Node | null | undefined): TextRange {
  const range = node?.range;
  return range ? { start: range[0], end: Math.max(range[0], range[1]) } : { start: 0, end: 0 };
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function sentence(text: string): string {
  const shown = shortened(text.replace(/\s+/g, ' ').trim());
  return /[.!?…]$/.test(shown) ? shown : `${shown}.`;
}
