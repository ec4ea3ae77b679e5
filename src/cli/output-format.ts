import { Option, type Command } from 'commander';

/** Formats that commands print their answers in. */
export const outputFormats = ['text', 'json', 'csv', 'markdown', 'junit', 'github', 'sarif'] as const;

export type OutputFormat = (typeof outputFormats)[number];

/** Short forms of `--format`. */
const shortForms = ['json', 'csv', 'markdown'] as const;

type ShortForm = (typeof shortForms)[number];

/** What {@link addFormatOptions} parses. */
export type FormatFlags = { readonly format?: OutputFormat } & { readonly [form in ShortForm]?: true };

/**
 * Adds `--format` and its short forms.
 *
 * @param formats those that the command has
 * @param descriptions of the short forms, which are as options the command has
 */
export function addFormatOptions(
  command: Command,
  formats: readonly OutputFormat[],
  descriptions: { readonly [form in ShortForm]?: string },
): Command {
  const forms = shortForms.filter((form) => descriptions[form] !== undefined);
  for (const form of forms) {
    const others = forms.filter((other) => other !== form);
    command.addOption(new Option(`--${form}`, descriptions[form]).conflicts(['format', ...others]));
  }
  return command.addOption(
    new Option('--format <name>', 'print as text, data, or checks for a build server (junit, github, sarif)').choices(
      formats,
    ),
  );
}

/** The format that is asked for. */
export function formatOf({ format, json, csv, markdown }: FormatFlags): OutputFormat {
  if (json) return 'json';
  if (csv) return 'csv';
  return markdown ? 'markdown' : (format ?? 'text');
}
