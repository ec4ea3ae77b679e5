import { benchmarkDefinition } from './benchmark-command';
import { doctorDefinition } from './doctor-command';
import { jobsDefinition } from './jobs-command';
import { ladderDefinition } from './ladder-command';
import { probeDefinition } from './probe-command';

/** The commands that go to a board, by name. */
export const boardCommands = {
  benchmark: benchmarkDefinition,
  doctor: doctorDefinition,
  jobs: jobsDefinition,
  ladder: ladderDefinition,
  probe: probeDefinition,
};
