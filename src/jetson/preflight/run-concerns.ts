import { t } from '../../core/language';
import { tensorrtConcerns } from '../../core/estimate/concerns';
import { findDevice, hasInt8, precisionOf } from '../../core/landmarks/devices';
import { modelNameOf } from '../../core/model-file-name';
import { documentedOpset } from '../../core/landmarks/tensorrt-operators';
import { runtimeName } from '../../core/landmarks/landmark';
import type { BoardReport } from '../probe/board-report';
import { noTensorrt } from './board-concerns';
import { error, warning, type Concern, type PlannedRun } from './concern';

/** Whether each run is possible with what is installed on the board. */
export function runConcerns(report: BoardReport, runs: readonly PlannedRun[]): (Concern | null)[] {
  return runs.flatMap((run) => (run.runtime.startsWith('pytorch') ? pytorch(report, run) : tensorrt(report, run)));
}

function tensorrt(report: BoardReport, run: PlannedRun): (Concern | null)[] {
  const obstacle = tensorrtObstacle(report, run);
  if (obstacle !== null) return [obstacle];
  const version = report.software.tensorrt;
  const ofModel = [int8(report, run), precision(run, version)];
  return version === null ? ofModel : [...ofModel, ...imports(run, version), opset(run, version), rewriting(run)];
}

/** What of TensorRT is missing for a run. */
function tensorrtObstacle(report: BoardReport, run: PlannedRun): Concern | null {
  const { pythonModule, trtexec } = report.tensorrt;
  if (run.backend === 'pytorch') return wrongBackend(run);
  if (pythonModule === null && trtexec === null) return noTensorrt(report);
  if (run.backend === 'tensorrt-python' && pythonModule === null) {
    return error(
      'backend-not-possible',
      t(
        'python3 on the board cannot import tensorrt{0}: install python3-libnvinfer there, or let trtexec time the model (--backend trtexec).',
        because(report),
      ),
    );
  }
  if (run.backend === 'trtexec' && trtexec === null) {
    return error(
      'backend-not-possible',
      t(
        "The board has no trtexec in /usr/src/tensorrt/bin, in /usr/bin or on PATH: install libnvinfer-bin there, or let TensorRT's Python module time the model (--backend tensorrt-python).",
      ),
    );
  }
  return null;
}

function int8({ device }: BoardReport, { runtime }: PlannedRun): Concern | null {
  const known = device === null ? undefined : findDevice(device);
  if (runtime !== 'tensorrt-int8' || known === undefined || hasInt8(known)) return null;
  return error('no-int8', t('{0} has no arithmetic for INT8. Measure FP16 (--runtime tensorrt-fp16).', known.name));
}

/** A figure must be one of its runtime: TensorRT 11 computes in the model's own types, and none makes FP32 of FP16. */
function precision({ modelName, runtime, precision: own }: PlannedRun, version: string | null): Concern | null {
  const wanted = precisionOf(runtime);
  const isChosenByTensorrt = Number(version?.split('.')[0] ?? 0) < 11;
  const canBecome = isChosenByTensorrt && (own === 'fp32' || (own === 'fp16' && wanted === 'int8'));
  if (own === wanted || canBecome) return null;
  const why = isChosenByTensorrt ? '' : t(", and TensorRT {0} computes in the model's own types", version!);
  return error(
    'precision-of-model',
    t(
      '{0} is in {1}{2}: its figure would not be one for {3}. Measure it as TensorRT {1} (--runtime tensorrt-{4}), or export it in {5}.',
      modelName,
      own.toUpperCase(),
      why,
      runtimeName(runtime),
      own,
      wanted.toUpperCase(),
    ),
  );
}

function imports({ modelName, facts }: PlannedRun, version: string): Concern[] {
  return tensorrtConcerns(facts, version, t('TensorRT {0} on the board', version)).map(
    ({ severity, code, message }) => ({
      severity,
      code,
      message: `${modelName}: ${message}`,
    }),
  );
}

/** Rewriting is no obstacle: the run is made, of another file. */
function rewriting({ modelName, rewrites }: PlannedRun): Concern | null {
  if (rewrites.length === 0) return null;
  return {
    severity: 'information',
    code: 'rewritten',
    message: t(
      '{0}: Framecast rewrites the model for this board and sends that: {1}. Your file stays as it is.',
      modelName,
      rewrites.join('; '),
    ),
  };
}

/** The parser does not check the opset, so a newer one is no error by itself. */
function opset({ modelName, facts }: PlannedRun, version: string): Concern | null {
  const documented = documentedOpset(version);
  if (documented === null || facts.opset === null || facts.opset <= documented) return null;
  return warning(
    'newer-opset',
    t(
      '{0} uses opset {1}; TensorRT {2} on the board documents opsets up to {3}. If it refuses the model, export it with torch.onnx.export(…, dynamo=False, opset_version={4}).',
      modelName,
      facts.opset,
      version,
      documented,
      Math.min(documented, 17),
    ),
  );
}

function pytorch(report: BoardReport, run: PlannedRun): (Concern | null)[] {
  if (run.backend !== 'pytorch' && run.backend !== 'auto') return [wrongBackend(run)];
  return [torch(report, run), torchscript(run)];
}

function torch({ software, torch: { cuda } }: BoardReport, { allowCpu, runtime }: PlannedRun): Concern | null {
  if (software.torch === null) {
    return error(
      'no-torch',
      t("The board's python3 has no torch: install NVIDIA's build of PyTorch for its JetPack there."),
    );
  }
  if (cuda !== null) return null;
  return allowCpu === true
    ? warning(
        'torch-on-cpu',
        t("The board's torch {0} has no CUDA: {1} runs on the CPU.", software.torch, runtimeName(runtime)),
      )
    : error(
        'torch-without-cuda',
        t(
          "The board's torch {0} was built without CUDA: install NVIDIA's build for its JetPack, or allow the CPU (--allow-cpu).",
          software.torch,
        ),
      );
}

function torchscript({ torchscript: isThere, modelName }: PlannedRun): Concern | null {
  if (isThere) return null;
  return error(
    'no-torchscript',
    t(
      '{0} has no TorchScript file next to it: save torch.jit.trace(model, input) as {1}.pt in the same folder.',
      modelName,
      modelNameOf(modelName),
    ),
  );
}

function wrongBackend({ backend, runtime }: PlannedRun): Concern {
  return error(
    'backend-not-possible',
    t('{0} cannot be timed by {1}: leave out --backend.', runtimeName(runtime), backend),
  );
}

function because({ tensorrt: { pythonError } }: BoardReport): string {
  return pythonError === null ? '' : ` (${pythonError})`;
}
