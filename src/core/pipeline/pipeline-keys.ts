import { t } from '../language';

/** A key of a pipeline file: for reading, for the schema, and for completion and hover in an editor. */
export interface PipelineKey {
  readonly name: string;
  /** Older or shorter names that mean the same. */
  readonly aliases?: readonly string[];
  readonly description: string;
  /** What a value looks like. */
  readonly example: string;
}

/** Keys of a pipeline, described in the user's language. */
export const pipelineKeys = (): readonly PipelineKey[] => [
  {
    name: 'device',
    aliases: ['board'],
    description: t('The board that the pipeline runs on. Defaults to the setting framecast.device.'),
    example: 'jetson-orin-nano',
  },
  {
    name: 'runtime',
    description: t('Inference runtime and precision. Defaults to the setting framecast.runtime.'),
    example: 'tensorrt-fp16',
  },
  { name: 'power_mode', description: t('Power mode of the board. Defaults to its fastest.'), example: '15W' },
  {
    name: 'camera_fps',
    aliases: ['target_fps'],
    description: t('Frames per second of the camera, which the pipeline has to keep up with.'),
    example: '30',
  },
  {
    name: 'faces',
    description: t('Faces in a frame. Stages with `runs: faces` run once for each. Defaults to 1.'),
    example: '2',
  },
  { name: 'stages', description: t('The networks, in the order in which a frame goes through them.'), example: '' },
];

/** Keys of a stage, described in the user's language. */
export const stageKeys = (): readonly PipelineKey[] => [
  { name: 'name', description: t('What the stage is called.'), example: 'detect' },
  { name: 'model', description: t('Path of the ONNX file, relative to this file.'), example: 'models/detector.onnx' },
  {
    name: 'input',
    description: t("Input size in pixels, width × height. Defaults to the model's own."),
    example: '640x480',
  },
  {
    name: 'runs',
    description: t('How often the network runs per frame: a number, or `faces` for once per face. Defaults to 1.'),
    example: 'faces',
  },
  {
    name: 'every',
    description: t('The stage takes part in every n-th frame only, for example a detector with a tracker in between.'),
    example: '3',
  },
  {
    name: 'batch',
    description: t('Whether the faces of a frame go through the network as one batch. Needs `runs: faces`.'),
    example: 'true',
  },
];
