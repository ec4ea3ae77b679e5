import { Command } from 'commander';
import { preflight } from '../../jetson/preflight/preflight';
import { probeBoard } from '../../jetson/probe/probe';
import { addBoardOptions, printUnlessCancelled, onBoard, type BoardFlags } from './board-options';
import { exitCode } from '../exit-code';
import { probeCard } from './probe-command-card';
import { interruptibly, print } from '../streams';
import { jsonText } from '../terminal';

interface ProbeFlags extends BoardFlags {
  readonly json?: true;
}

/** `framecast probe`: what a board is and whether it is ready for a benchmark; `done` gets the exit code. */
export function probeDefinition(done: (code: number) => void): Command {
  return addBoardOptions(new Command('probe').description('report what a board is and what would distort a benchmark'))
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Nothing is installed or changed on the board, and no password for sudo is asked for.

Fields of the JSON object: everything that the board says of itself, null where it does not, and
  device     id under which its landmarks are filed, e.g. jetson-nano
  problems   what would break (severity "error") or spoil ("warning") a benchmark: code and message with the remedy

Exit status:
  0  the board can be measured
  1  something is missing there
  2  the board could not be asked, or the command line is wrong`,
    )
    .action(async (flags: ProbeFlags) => done(await interruptibly((signal) => probeCommand(flags, signal))));
}

async function probeCommand(flags: ProbeFlags, signal: AbortSignal): Promise<number> {
  const report = await onBoard(flags, signal, (session) => probeBoard(session, { signal }));
  if (!report.ok) return printUnlessCancelled(report);
  const problems = preflight(report.value, []);
  const card = probeCard(flags.host, report.value, problems);
  await print(flags.json ? jsonText({ ...report.value, problems }) : card.join('\n'));
  return problems.some(({ severity }) => severity === 'error') ? exitCode.targetMissed : exitCode.fine;
}
