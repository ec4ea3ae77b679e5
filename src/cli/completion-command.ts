import { Argument, Command, type Option } from 'commander';
import { knownDevices } from '../core/landmarks/devices';
import { exitCode } from './exit-code';
import { print } from './streams';

const shells = ['bash', 'zsh', 'fish'] as const;

type Shell = (typeof shells)[number];

/**
 * `framecast completion`: a script that completes commands, options and their values; `done` gets the exit code.
 *
 * @param program whose commands are completed; all of them must have been added when the action runs
 */
export function completionDefinition(program: Command): (done: (code: number) => void) => Command {
  return (done) =>
    new Command('completion')
      .description('print a script that completes commands and options in a shell')
      .addArgument(new Argument('<shell>', 'which shell').choices(shells))
      .addHelpText(
        'after',
        `
To use it:
  bash  source <(framecast completion bash)      # in ~/.bashrc
  zsh   source <(framecast completion zsh)       # in ~/.zshrc, after compinit
  fish  framecast completion fish | source       # in ~/.config/fish/config.fish`,
      )
      .action(async (shell: Shell) => {
        await print(scripts[shell](commandsOf(program, [])));
        done(exitCode.fine);
      });
}

/** A command with the words that lead to it. */
interface Completed {
  readonly path: readonly string[];
  readonly description: string;
  readonly options: readonly CompletedOption[];
  /** Commands below it. */
  readonly inner: readonly { readonly name: string; readonly description: string }[];
}

interface CompletedOption {
  /** `-o` and `--output`. */
  readonly flags: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  /** What it can be, where that is known. */
  readonly values: readonly string[];
}

function commandsOf(command: Command, path: readonly string[]): readonly Completed[] {
  const help = command.createHelp();
  const inner = command.commands.map((each) => ({ name: each.name(), description: firstSentence(each.description()) }));
  const options = help.visibleOptions(command).map((option): CompletedOption => ({
    flags: [option.short, option.long].flatMap((flag) => flag ?? []),
    description: firstSentence(option.description),
    takesValue: option.required || option.optional,
    values: valuesOf(option),
  }));
  const own: Completed = { path, description: firstSentence(command.description()), options, inner };
  return [own, ...command.commands.flatMap((each) => commandsOf(each, [...path, each.name()]))];
}

function valuesOf(option: Option): readonly string[] {
  return option.long === '--device' ? knownDevices.map(({ id }) => id) : (option.argChoices ?? []);
}

/** Descriptions are for one line, and quoted in each shell: what quotes could end is left out. */
function firstSentence(text: string): string {
  return text
    .replace(/[\\'"`$[\]:]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

const scripts: Readonly<Record<Shell, (commands: readonly Completed[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

function bashScript(commands: readonly Completed[]): string {
  const cases = commands.map(({ path, options, inner }) => {
    const words = [...inner.map(({ name }) => name), ...options.flatMap(({ flags }) => flags)];
    return `    '${path.join(' ')}') words='${words.join(' ')}' ;;`;
  });
  const values = commands.flatMap(({ path, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .flatMap(({ flags, values: known }) => {
        const action = known.length === 0 ? 'files=1' : `words='${known.join(' ')}'`;
        return [`    ${flags.map((flag) => `'${[...path, flag].join(' ')}'`).join('|')}) ${action}; value=1 ;;`];
      }),
  );
  return `# Completion of framecast for bash.
_framecast() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local path='' words='' files='' value='' index word
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    case "\${path:+$path }$word" in
${commands
  .filter(({ path }) => path.length > 0)
  .map(({ path }) => `      '${path.join(' ')}') path='${path.join(' ')}' ;;`)
  .join('\n')}
    esac
  done
  case "\${path:+$path }$previous" in
${values.join('\n')}
  esac
  if [[ -z "$value" ]]; then
    case "$path" in
${cases.join('\n')}
    esac
    [[ "$current" == -* || -z "$path" ]] || files=1
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [[ -z "$files" ]] || COMPREPLY+=($(compgen -f -- "$current"))
}
complete -o filenames -F _framecast framecast`;
}

function zshScript(commands: readonly Completed[]): string {
  const functions = commands.map(({ path, options, inner }) => {
    const specs = options.map(({ flags, description, takesValue, values }) => {
      const action = !takesValue ? '' : `:value:${values.length === 0 ? '_files' : `(${values.join(' ')})`}`;
      const names = flags.length > 1 ? `'(${flags.join(' ')})'{${flags.join(',')}}'` : `'${flags[0]!}`;
      return `    ${names}[${description}]${action}'`;
    });
    const names = inner.map(({ name, description }) => `'${name}:${description}'`);
    const own = `${functionName(path)}() {`;
    if (inner.length === 0)
      return [own, '  _arguments \\', [...specs, "    '*:file:_files'"].join(' \\\n'), '}'].join('\n');
    return [
      own,
      '  local line state',
      '  local -a commands',
      `  commands=(${names.join(' ')})`,
      '  _arguments -C \\',
      [...specs, "    '1:command:->command'", "    '*::argument:->argument'"].join(' \\\n'),
      '  case $state in',
      '    command) _describe command commands ;;',
      '    argument)',
      '      case $line[1] in',
      ...inner.map(({ name }) => `        ${name}) ${functionName([...path, name])} ;;`),
      '      esac ;;',
      '  esac',
      '}',
    ].join('\n');
  });
  return [
    '#compdef framecast',
    '# Completion of framecast for zsh.',
    ...functions,
    'compdef _framecast framecast',
  ].join('\n');
}

function functionName(path: readonly string[]): string {
  return ['_framecast', ...path].join('_').replaceAll('-', '_');
}

function fishScript(commands: readonly Completed[]): string {
  const lines = commands.flatMap(({ path, options, inner }) => {
    const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
    const names = inner.map(({ name }) => name).join(' ');
    const before =
      path.length === 0 ? '__fish_use_subcommand' : `${seen}; and not __fish_seen_subcommand_from ${names}`;
    return [
      ...inner.map(({ name, description }) => `complete -c framecast -f -n '${before}' -a ${name} -d '${description}'`),
      ...options.map(({ flags, description, takesValue, values }) => {
        const parts = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
        const value = !takesValue ? '' : values.length === 0 ? ' -r' : ` -x -a '${values.join(' ')}'`;
        const when = path.length === 0 ? '' : ` -n '${seen}'`;
        return `complete -c framecast${when} ${parts.join(' ')}${value} -d '${description}'`;
      }),
    ];
  });
  return ['# Completion of framecast for fish.', ...lines].join('\n');
}
