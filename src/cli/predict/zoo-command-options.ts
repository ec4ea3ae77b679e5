import { type Command, InvalidArgumentError, Option } from 'commander';
import { zooFamilies } from '../../core/zoo/families';
import type { Setting, Settings, ZooOption } from '../../core/zoo/family';
import { parseSettingText, settingText, wantedText } from '../../core/zoo/setting-text';

/** Adds every option that any family has, each once and without an initial value, as families differ in those. */
export function addMemberOptions(command: Command): Command {
  const families = new Map<string, { option: ZooOption; names: string[]; descriptions: Set<string> }>();
  for (const family of zooFamilies) {
    for (const option of family.options) {
      const known = families.get(option.name) ?? { option, names: [], descriptions: new Set() };
      known.names.push(family.name);
      known.descriptions.add(option.description());
      families.set(option.name, known);
    }
  }
  for (const { option, names, descriptions } of families.values()) {
    const flag = new Option(
      `--${option.name} <${placeholder(option)}>`,
      `${names.join(', ')}: ${[...descriptions].join('; ')}`,
    );
    command.addOption(flag.argParser((text: string) => parseSetting(option, text)));
  }
  return command;
}

/** The member's options among all options of a command line. */
export function memberSettings(flags: Readonly<Record<string, unknown>>): Settings {
  const names = new Set(zooFamilies.flatMap((family) => family.options.map((option) => option.name)));
  return Object.fromEntries(Object.entries(flags).filter(([name]) => names.has(name))) as Settings;
}

/** One line for each option of a family: name, initial value, bounds. */
export function describeOption(option: ZooOption): string {
  return `--${option.name} ${bounds(option)} (default: ${settingText(option.initial)}): ${option.description()}`;
}

function bounds(option: ZooOption): string {
  if (option.kind === 'choice') return option.choices.join('|');
  if (option.kind === 'layout') return new Array<string>(option.length).fill('N').join(',');
  return `${option.minimum}…${option.maximum}`;
}

function placeholder(option: ZooOption): string {
  if (option.kind === 'layout') return 'counts';
  return option.kind === 'choice' ? 'name' : 'number';
}

function parseSetting(option: ZooOption, text: string): Setting {
  const setting = parseSettingText(option, text);
  if (setting === null) throw new InvalidArgumentError(`It must be ${wantedText(option)}.`);
  return setting;
}
