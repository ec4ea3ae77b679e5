import path from 'node:path';
import { modelNameOf } from '../../core/model-file-name';
import type { Query } from '../../core/estimate/estimate';
import { operatingPoint } from '../../core/estimate/operating-point';
import { unknownDeviceRemark } from '../../core/landmarks/known-device';
import { familyNamed, unknownFamilyRemark } from '../../core/landmarks/known-family';
import { defaultResolution, inputSize, runtimeName, sizeFields, type Runtime } from '../../core/landmarks/landmark';
import { landmarkIdentity } from '../../core/landmarks/landmark-identity';
import { landmarkOfModel } from '../../core/landmarks/landmark-of-model';
import { deviceName, findMode, specifiedDevices, unclearModeRemark, unknownMode } from '../../core/landmarks/devices';
import { deviceOfName } from '../../core/landmarks/typed-names';
import { formatFps } from '../../core/figures';
import { openLandmarkStore } from '../../files/landmarks';
import { exitCode } from '../exit-code';
import type { LandmarksFlags } from './landmarks-command-list';
import { loadLandmarks } from './own-landmarks';
import { readModelFile } from '../../files/read-model';
import { printError, print, warn } from '../streams';
import { jsonText, printable } from '../terminal';

interface AddFlags extends LandmarksFlags {
  readonly throughput: number;
  readonly device: string;
  readonly runtime: Runtime;
  readonly name?: string;
  readonly parameters?: number;
  readonly family?: string;
  readonly powerMode?: string;
  readonly resolution?: Pick<Query, 'resolution' | 'height' | 'width'>;
  readonly batch?: number;
  readonly campaign?: string;
  readonly source?: string;
  readonly comment?: string;
}

/** Adds one measurement to the store and returns the exit code. */
export async function addLandmark(model: string | undefined, flags: AddFlags): Promise<number> {
  if (model === undefined && (flags.name === undefined || flags.parameters === undefined)) {
    return printError('Name the model file that was measured, or give --name and --parameters.');
  }
  if (model !== undefined && flags.parameters !== undefined) {
    return printError('The parameters are read from the model file; leave out --parameters, or the file.');
  }
  const known = deviceOfName(
    flags.device,
    specifiedDevices().map(({ id }) => id),
  );
  const device = known.ok ? known.value : flags.device;
  const complaint = unknownMode(device, flags.powerMode);
  if (complaint !== null) return printError(complaint);
  const mode = flags.powerMode === undefined ? undefined : findMode(device, flags.powerMode);
  const profiled = model === undefined ? null : await readModelFile(model);
  if (profiled !== null && !profiled.ok) return printError(`${model}: ${profiled.error.message}`);
  const profile = profiled?.value.profile ?? null;
  const { runtime, resolution, batch } = flags;
  const size = { ...resolution, batch };
  const point = profile === null ? null : operatingPoint(profile, { device, runtime, ...size });
  if (point !== null && !point.ok) return printError(`${model}: ${point.error} Give --resolution.`);

  const family = flags.family === undefined ? undefined : (familyNamed(flags.family) ?? flags.family);
  const asked = inputSize({ resolution: defaultResolution, ...resolution });
  const made = landmarkOfModel(
    {
      model: flags.name ?? modelNameOf(path.basename(model!)),
      device,
      runtime,
      throughputFps: flags.throughput,
      ...sizeFields(point?.value.height ?? asked.height, point?.value.width ?? asked.width),
      batch: point?.value.batch ?? batch ?? 1,
      campaign: flags.campaign ?? 'own',
      source: flags.source ?? 'added by hand',
      powerMode: mode?.name,
      gpuMHz: mode?.gpuMHz,
      family,
      parameters: flags.parameters,
      comment: flags.comment,
    },
    profile,
  );
  if (!made.ok) return printError(made.error.message);
  const landmark = made.value;

  const loaded = await loadLandmarks(undefined, flags.landmarks);
  if (!loaded.ok) return printError(loaded.error.message);
  const { file, entries } = loaded.value;
  const existing = entries.find(({ key }) => key === landmarkIdentity(landmark));
  if (existing !== undefined)
    return printError(`This landmark exists already, in ${existing.file ?? 'the published ones'}.`);
  const added = await openLandmarkStore(file).appendNew([{ landmark }]);
  if (!added.ok) return printError(added.error.message);
  if (added.value.length === 0) return printError(`This landmark exists already, in ${file}.`);
  const [id] = added.value;
  const setup = `${deviceName(device)}, ${runtimeName(runtime)}`;
  const sentence = `Added ${landmark.model} at ${formatFps(landmark.throughputFps)} FPS on ${setup} as ${id} to ${file}.`;
  await print(flags.json ? jsonText({ file, id, landmark }) : printable(sentence));
  const devices = new Set(entries.map((entry) => entry.landmark.device));
  for (const odd of [
    unknownFamilyRemark(landmark),
    unknownDeviceRemark(device, devices),
    unclearModeRemark(landmark),
  ]) {
    if (odd !== null) warn(odd);
  }
  return exitCode.fine;
}
