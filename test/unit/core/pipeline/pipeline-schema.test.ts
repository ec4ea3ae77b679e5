import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { pipelineSchema } from '../../../../src/core/pipeline/pipeline-schema';

it('is what media/pipeline.schema.json has', () => {
  const file = readFileSync(new URL('../../../../media/pipeline.schema.json', import.meta.url), 'utf8');
  expect(JSON.parse(file)).toEqual(JSON.parse(JSON.stringify(pipelineSchema())));
});
