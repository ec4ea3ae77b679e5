import path from 'node:path';
import * as vscode from 'vscode';
import { operatingPoint, ownImageSize } from '../../core/estimate/operating-point';
import { parseImageSize, type ImageSize } from '../../core/image-size';
import { t } from '../../core/language';
import { modelNameOf } from '../../core/model-file-name';
import { deviceIds, deviceName, modesOf, type PowerMode } from '../../core/landmarks/devices';
import { minParameters } from '../../core/landmarks/min-parameters';
import { isBundledCampaign } from '../../core/landmarks/landmark-set';
import { knownFamilies } from '../../core/landmarks/known-family';
import {
  defaultResolution,
  defaultRuntime,
  runtimeName,
  runtimes,
  sizeFields,
  type Landmark,
  type Runtime,
} from '../../core/landmarks/landmark';
import { checkLandmark } from '../../core/landmarks/landmark-lines';
import { kernelRows } from '../../core/landmarks/model-costs';
import { impossibleThroughput } from '../../core/landmarks/peak-throughput';
import { success, type Result } from '../../core/result';
import { askForModel } from '../models/chosen-models';
import type { LandmarkLibrary } from '../services/landmark-library';
import type { ModelService } from '../services/model-service';
import { readSettings } from '../services/settings';
import { runWizard, type Wizard } from '../services/wizard';

/** What is known of the model that was measured. */
interface Subject {
  readonly model: string;
  readonly family: string | null;
  readonly parameters: number;
  /** What the file itself reads, offered first. */
  readonly size: ImageSize;
  readonly batch: number;
  /** What it runs at a size; undefined where that is not known. Fails where the model cannot run at that size. */
  kernelsAt(size: ImageSize, batch: number): Result<Landmark['kernels'] | undefined>;
}

/**
 * *Add Landmark…*: a figure that the user has from elsewhere, asked for step by step and checked before it is stored.
 * Leaving any step stores nothing.
 */
export async function addLandmark(library: LandmarkLibrary, service: ModelService): Promise<void> {
  const landmark = await runWizard(t('Add Landmark'), (wizard) => askLandmark(wizard, library, service));
  if (landmark === undefined) return;
  const checked = checkLandmark({ ...landmark });
  if (!checked.ok) return void vscode.window.showErrorMessage(checked.error);
  const added = await library.addNew([{ landmark: checked.value }]);
  if (!added.ok) return void vscode.window.showErrorMessage(added.error.message);
  vscode.window.setStatusBarMessage(
    added.value === 0
      ? t('$(info) That landmark exists already')
      : t('$(check) Added the landmark of {0}', landmark.model),
    4000,
  );
}

/** Questions about the model, and those about the measurement, of which that for the power mode may be left out. */
const [fileQuestions, typedQuestions, measurementQuestions] = [1, 4, 8];

async function askLandmark(wizard: Wizard, library: LandmarkLibrary, service: ModelService): Promise<Landmark> {
  const subject = await askSubject(wizard, service);
  const device = await askDevice(wizard, library);
  const mode = await askPowerMode(wizard, device);
  const runtime = await askRuntime(wizard);
  const size = await askSize(wizard, subject);
  const { model, family, parameters } = subject;
  const fixed = { model, family, parameters, device, runtime, ...mode, ...size };

  const throughputFps = await askThroughput(wizard, { ...fixed, campaign: 'own', source: 'typed' });
  const campaign = await askText(
    wizard,
    t('Campaign: measurements made together on one board. Enter a name for your board.'),
    'own',
    (text) => (isBundledCampaign(text) ? t('{0} is a published campaign; choose another name.', text) : null),
  );
  const source = await askText(wizard, t('Source of the measurement'), '', () => null);
  return { ...fixed, throughputFps, campaign, source };
}

async function askSubject(wizard: Wizard, service: ModelService): Promise<Subject> {
  const fromFile = {
    label: t('$(file) From a model file…'),
    detail: t('Parameters, family and layers are read from it.'),
  };
  const typed = {
    label: t('$(edit) Type the parameters'),
    detail: t('Used only for the family fit (Equation 2), because the layers are unknown.'),
  };
  const picked = await wizard.pick([fromFile, typed], { prompt: t('Which model was measured?') });
  const isFile = picked.label === fromFile.label;
  wizard.expect((isFile ? fileQuestions : typedQuestions) + measurementQuestions);
  return isFile ? await wizard.once(() => askFile(service)) : await askTyped(wizard);
}

async function askFile(service: ModelService): Promise<Subject | undefined> {
  const uri = await askForModel(t('Add Landmark'));
  if (uri === undefined) return undefined;
  const analysis = await service.analyse(uri);
  if (!analysis.ok) {
    await vscode.window.showErrorMessage(analysis.error.message);
    return undefined;
  }
  const { profile } = analysis.value;
  const size = ownImageSize(profile) ?? usualSize;
  const point = operatingPoint(profile, { device: '', runtime: defaultRuntime, ...size });
  return {
    model: modelNameOf(path.posix.basename(uri.path)),
    family: profile.family,
    parameters: profile.parameters,
    size,
    batch: point.ok ? point.value.batch : 1,
    kernelsAt: (at, batch) => {
      const cost = profile.costAt({ ...at, batch });
      if (!cost.ok) return cost;
      return success(cost.value.layers.length > 0 ? kernelRows(cost.value.layers) : undefined);
    },
  };
}

async function askTyped(wizard: Wizard): Promise<Subject> {
  const model = await askText(wizard, t('Name of the model'), '', () => null);
  const none = { label: t('None of these'), family: null };
  const families = knownFamilies.map((name) => ({ label: name, family: name }));
  const { family } = await wizard.pick([...families, none], { prompt: t('Which architecture family?') });
  const parameters = await askNumber(
    wizard,
    t('Parameters in millions, as the training framework counts them'),
    '',
    (value) => {
      if (value * 1e6 < minParameters) return t('Too few for a network: enter millions, such as 11.69 for 11,690,000.');
      return value > maxMillions ? t('Enter millions, such as 11.69 for 11,690,000 parameters.') : null;
    },
  );
  return {
    model,
    family,
    parameters: Math.round(parameters * 1e6),
    size: usualSize,
    batch: 1,
    kernelsAt: () => success(undefined),
  };
}

const usualSize = { height: defaultResolution, width: defaultResolution };

/** Beyond that, somebody counted single parameters. */
const maxMillions = 100_000;

/** Asks until the model can run at the size. */
async function askSize(
  wizard: Wizard,
  { kernelsAt, ...own }: Subject,
): Promise<Pick<Landmark, 'resolution' | 'height' | 'width' | 'batch' | 'kernels'>> {
  for (;;) {
    const { height, width } = own.size;
    const entered = await askText(
      wizard,
      t('Input in pixels: width x height, or one side of a square'),
      height === width ? String(height) : `${width}x${height}`,
      (text) => (parseImageSize(text) === null ? t('Enter a size such as 640x480, or one side such as 224.') : null),
    );
    const size = parseImageSize(entered)!;
    const batch = await askCount(wizard, t('Inputs per inference (batch)'), own.batch);
    const kernels = kernelsAt(size, batch);
    const at = sizeFields(size.height, size.width);
    if (kernels.ok) return { ...at, batch, kernels: kernels.value };
    void vscode.window.showErrorMessage(kernels.error.message);
  }
}

async function askDevice(wizard: Wizard, { landmarks }: LandmarkLibrary): Promise<string> {
  const other = { label: t('$(add) Another device…'), id: null };
  const current = readSettings().device;
  const ids = [...deviceIds(landmarks)].sort((a, b) => Number(b === current) - Number(a === current));
  const items = [...ids.map((id) => ({ label: deviceName(id), description: id, id })), other];
  const picked = await wizard.pick<{ label: string; id: string | null }>(items, { prompt: t('On which device?') });
  if (picked.id !== null) return picked.id;
  return await askText(wizard, t('Id of the device: lower-case letters, digits and dashes'), '', (text) =>
    /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text) ? null : t('Use lower-case letters, digits and dashes, such as my-board.'),
  );
}

/** The mode that the board was in; nothing of a board without modes, or whose mode the user does not know. */
async function askPowerMode(wizard: Wizard, device: string): Promise<Pick<Landmark, 'powerMode' | 'gpuMHz'>> {
  const modes = modesOf(device);
  if (modes.length < 2) return {};
  const unknown = { label: t('Not known'), description: t('taken for {0}', modes[0]!.name), mode: undefined };
  const items = modes.map((mode) => ({ label: mode.name, description: t('GPU at {0} MHz', mode.gpuMHz), mode }));
  const picked = await wizard.pick<{ label: string; description: string; mode: PowerMode | undefined }>(
    [...items, unknown],
    { prompt: t('In which power mode (nvpmodel)?') },
  );
  return picked.mode === undefined ? {} : { powerMode: picked.mode.name, gpuMHz: picked.mode.gpuMHz };
}

async function askRuntime(wizard: Wizard): Promise<Runtime> {
  const current = readSettings().runtime;
  const items = [...runtimes]
    .sort((a, b) => Number(b === current) - Number(a === current))
    .map((id) => ({ label: runtimeName(id), id }));
  return (await wizard.pick(items, { prompt: t('With which runtime?') })).id;
}

/** Inputs per second; one that the board cannot reach is refused while it is typed. */
function askThroughput(wizard: Wizard, landmark: Omit<Landmark, 'throughputFps'>): Promise<number> {
  return askNumber(wizard, t('FPS: inputs per second, not a latency'), '', (throughputFps) =>
    impossibleThroughput({ ...landmark, throughputFps }),
  );
}

async function askCount(wizard: Wizard, prompt: string, initial: number): Promise<number> {
  return await askNumber(wizard, prompt, String(initial), (value) =>
    Number.isSafeInteger(value) ? null : t('Enter a whole number above 0.'),
  );
}

async function askNumber(
  wizard: Wizard,
  prompt: string,
  initial: string,
  complaint: (value: number) => string | null,
): Promise<number> {
  const text = await askText(wizard, prompt, initial, (entered) => {
    const value = Number(entered);
    // A comma may be a decimal one or one between thousands: neither is guessed.
    if (entered.includes(',')) return t('Write the number with a decimal point, such as 86.4.');
    if (!Number.isFinite(value) || value <= 0) return t('Enter a number above 0.');
    return complaint(value);
  });
  return Number(text);
}

function askText(
  wizard: Wizard,
  prompt: string,
  value: string,
  complaint: (text: string) => string | null,
): Promise<string> {
  return wizard.input({
    prompt,
    value,
    complaint: (text) => (text === '' ? t('This is required.') : complaint(text)),
  });
}
