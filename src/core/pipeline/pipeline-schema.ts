import { runtimes } from '../landmarks/landmark';
import { pipelineBounds } from './pipeline';
import { pipelineKeys, stageKeys, type PipelineKey } from './pipeline-keys';
import { t } from '../language';

/** The JSON Schema of pipeline files, for editors that complete YAML by schemas. `media/pipeline.schema.json` is this. */
export function pipelineSchema(): object {
  const whole = (minimum: number, maximum: number) => ({ type: 'integer', minimum, maximum });
  const types: Readonly<Record<string, object>> = {
    device: { type: 'string' },
    runtime: { enum: runtimes },
    power_mode: { type: 'string' },
    camera_fps: { type: 'number', exclusiveMinimum: 0, maximum: pipelineBounds.cameraFps },
    faces: whole(0, pipelineBounds.faces),
    stages: { type: 'array', minItems: 1, maxItems: pipelineBounds.stages, items: { $ref: '#/$defs/stage' } },
    name: { type: 'string' },
    model: { type: 'string' },
    input: { type: ['string', 'integer'] },
    runs: { anyOf: [{ const: 'faces' }, { type: 'number', exclusiveMinimum: 0, maximum: pipelineBounds.runs }] },
    every: whole(1, pipelineBounds.every),
    batch: { type: 'boolean' },
  };
  const properties = (keys: readonly PipelineKey[]) =>
    Object.fromEntries(
      keys.flatMap(({ name, aliases = [], description }) =>
        [name, ...aliases].map((each) => [each, { description, ...types[name] }]),
      ),
    );
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: t('Framecast pipeline'),
    type: 'object',
    required: ['stages'],
    properties: properties(pipelineKeys()),
    $defs: { stage: { type: 'object', required: ['model'], properties: properties(stageKeys()) } },
  };
}
