import * as vscode from 'vscode';
import { t } from '../../core/language';
import { readPipeline, type PipelineReading } from '../../core/pipeline/read-pipeline';
import type { TextRange } from '../../core/pipeline/pipeline';
import type { StageModel } from '../../core/pipeline/pipeline-budget';
import type { InputSize } from '../../core/onnx/shapes/input-size';
import type { ModelProfile } from '../../core/profile/profile';
import { failure, success } from '../../core/result';
import { firstFile, surroundingsOf } from '../hover/mentioned-file';
import { knownDeviceIds } from '../services/known-devices';
import type { ModelService } from '../services/model-service';

/** YAML files that may be pipelines by their name. */
export const pipelineSelector: vscode.DocumentSelector = [
  { pattern: '**/*pipeline*.{yaml,yml}' },
  { pattern: '**/*.framecast.{yaml,yml}' },
];

/** Whether a document is a pipeline of models, not one of a build server, which has stages without models. */
export function isPipeline(document: vscode.TextDocument): boolean {
  if (vscode.languages.match(pipelineSelector, document) === 0) return false;
  const text = document.getText();
  return /^stages\s*:/m.test(text) && /\.onnx\b/i.test(text);
}

/** Reads a pipeline from an open document. */
export function readPipelineDocument(document: vscode.TextDocument): PipelineReading {
  return readPipeline(document.getText(), knownDeviceIds());
}

export function rangeOf(document: vscode.TextDocument, { start, end }: TextRange): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}

/** The file that a stage names; null if there is none where it may be looked for. */
export async function modelUri(document: vscode.TextDocument, model: string): Promise<vscode.Uri | null> {
  return await firstFile(model, surroundingsOf(document));
}

/** The model of a stage, read through the service with its cost at some sizes, or why it cannot be had. */
export async function stageModel(
  document: vscode.TextDocument,
  model: string,
  service: ModelService,
  signal: AbortSignal,
  sizesOf: (profile: ModelProfile) => readonly InputSize[],
): Promise<StageModel> {
  const uri = await modelUri(document, model);
  if (uri === null) return failure('unreadable', t('There is no file {0}.', model));
  const analysis = await service.analyse(uri, signal);
  if (!analysis.ok) return analysis;
  await service.prepare(analysis.value, sizesOf(analysis.value.profile), signal);
  return success(analysis.value.profile);
}
