import { createHash } from 'node:crypto';
import boardFiles from './board_files.py';
import buildErrors from './build_errors.py';
import cuda from './cuda.py';
import deviceState from './device_state.py';
import engineCache from './engine_cache.py';
import follow from './follow.py';
import housekeeping from './housekeeping.py';
import jobFiles from './job_files.py';
import { joinModules } from './join-modules';
import layerTimes from './layer_times.py';
import main from './main.py';
import modelInputs from './model_inputs.py';
import postMortem from './post_mortem.py';
import powerSensors from './power_sensors.py';
import precision from './precision.py';
import processes from './processes.py';
import pytorchBackend from './pytorch_backend.py';
import startJob from './start_job.py';
import supervisor from './supervisor.py';
import tensorrtBuild from './tensorrt_build.py';
import tensorrtTime from './tensorrt_time.py';
import toolProcess from './tool_process.py';
import trialClock from './trial_clock.py';
import trtexecLog from './trtexec_log.py';
import trtexecVersion from './trtexec_version.py';
import trtexecBackend from './trtexec_backend.py';
import backends from './backends.py';

/** Every module before those that import it; `main`, which runs when the file is started, last. */
export const runnerModules = [
  { name: 'board_files', text: boardFiles },
  { name: 'processes', text: processes },
  { name: 'job_files', text: jobFiles },
  { name: 'device_state', text: deviceState },
  { name: 'power_sensors', text: powerSensors },
  { name: 'post_mortem', text: postMortem },
  { name: 'supervisor', text: supervisor },
  { name: 'start_job', text: startJob },
  { name: 'follow', text: follow },
  { name: 'housekeeping', text: housekeeping },
  { name: 'model_inputs', text: modelInputs },
  { name: 'cuda', text: cuda },
  { name: 'engine_cache', text: engineCache },
  { name: 'build_errors', text: buildErrors },
  { name: 'tool_process', text: toolProcess },
  { name: 'trial_clock', text: trialClock },
  { name: 'precision', text: precision },
  { name: 'layer_times', text: layerTimes },
  { name: 'tensorrt_build', text: tensorrtBuild },
  { name: 'tensorrt_time', text: tensorrtTime },
  { name: 'trtexec_version', text: trtexecVersion },
  { name: 'trtexec_log', text: trtexecLog },
  { name: 'trtexec_backend', text: trtexecBackend },
  { name: 'pytorch_backend', text: pytorchBackend },
  { name: 'backends', text: backends },
  { name: 'main', text: main },
] as const;

/** The one Python file that runs on the board. */
export const runnerScript = joinModules(runnerModules);

/** Its content's address in hexadecimal: the file is `runner/<sha256>.py` on the board. */
export const runnerSha256 = createHash('sha256').update(runnerScript, 'utf8').digest('hex');
