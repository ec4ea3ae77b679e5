import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../../src/cli/program';
import { manifestInEnglish } from './manifest-in-english';

const root = path.join(__dirname, '..', '..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const pages = (folder: string): string[] =>
  readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.posix.join(folder, name));
const markdown = [...pages('.'), ...pages('docs'), ...pages('samples')];

/** What a heading is linked to as, by GitHub's rule. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

/** Links and pictures of a page, without what is in code. */
function linksOf(text: string): string[] {
  const prose = text.replace(/^( {4}|```[^]*?^```).*$/gm, '').replace(/`[^`]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
}

describe('the documentation', () => {
  it.each(markdown)('%s links only to what is there', (file) => {
    const broken = linksOf(read(file)).filter((link) => {
      if (/^[a-z]+:/.test(link)) return false;
      const [target = '', anchor] = link.split('#');
      const page = target === '' ? file : path.posix.join(path.posix.dirname(file), target);
      if (!existsSync(path.join(root, page))) return true;
      if (anchor === undefined) return false;
      const headings = [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!));
      return !headings.includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('names every page of docs in the README', () => {
    const readme = read('README.md');
    expect(pages('docs').filter((page) => !readme.includes(`](${page})`))).toEqual([]);
  });

  it('has every command with its title, and every setting', () => {
    const reference = read('docs/reference.md');
    const row = (...cells: string[]): RegExp =>
      new RegExp(`^\\| ${cells.map((cell) => escaped(cell)).join(' +\\| ')} `, 'm');
    const { commands, configuration } = manifestInEnglish().contributes;
    const lacking = [
      ...commands.filter(({ title, command }) => !row(title, `\`${command}\``).test(reference)).map((c) => c.command),
      ...Object.keys(configuration.properties).filter((name) => !row(`\`${name}\``).test(reference)),
    ];
    expect(lacking).toEqual([]);
  });

  it('has every command of the command line with every option', async () => {
    const page = read('docs/command-line.md');
    const help = async (...args: string[]): Promise<string> => {
      let text = '';
      const written = process.stdout.write;
      process.stdout.write = (chunk) => ((text += String(chunk)), true);
      try {
        await runProgram([...args, '--help']);
      } finally {
        process.stdout.write = written;
      }
      return text;
    };
    const commandsIn = (text: string): string[] =>
      [...(text.split('\nCommands:\n')[1] ?? '').matchAll(/^ {2}(\w+)/gm)]
        .map(([, name]) => name!)
        .filter((name) => name !== 'help');
    const lacking: string[] = [];
    for (const command of commandsIn(await help())) {
      if (!page.includes(`framecast ${command}`)) lacking.push(command);
      const own = await help(command);
      const helps = [own, ...(await Promise.all(commandsIn(own).map((name) => help(command, name))))];
      for (const [, option] of helps.join('\n').matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)) {
        if (option !== '--help' && !page.includes(`\`${option!}`)) lacking.push(`${command} ${option!}`);
      }
    }
    expect([...new Set(lacking)]).toEqual([]);
  });

  it('shows the figures of the sample that its JSON is of', async () => {
    const page = read('docs/command-line.md');
    // Without the measurements of whoever runs this.
    const none = path.join(mkdtempSync(path.join(tmpdir(), 'framecast-docs-')), 'landmarks.jsonl');
    writeFileSync(none, '');
    let printed = '';
    const written = process.stdout.write.bind(process.stdout);
    process.stdout.write = ((text: string, done?: () => void) => {
      printed += text;
      done?.();
      return true;
    }) as typeof process.stdout.write;
    try {
      await runProgram(['predict', path.join(root, 'samples', 'resnet18.onnx'), '--json', '--landmarks', none]);
    } finally {
      process.stdout.write = written;
      rmSync(path.dirname(none), { recursive: true });
    }
    const [answer] = JSON.parse(printed) as [Record<'model' | 'estimate', Record<string, unknown>>];
    const facts = { ...answer.model, ...answer.estimate, ...(answer.estimate['interval'] as object) };
    const shown = page.slice(page.indexOf('{ "file": "resnet18.onnx"'), page.indexOf('"alternatives": ['));
    const figures = [...shown.matchAll(/"(\w+)": ([\d.]+)(?=[,\s])/g)];
    expect(figures.length).toBeGreaterThan(8);
    for (const [, name, figure] of figures) {
      const decimals = figure!.split('.')[1]?.length ?? 0;
      expect(Number((facts as Record<string, number>)[name!]!.toFixed(decimals)), name).toBe(Number(figure));
    }
  });
});

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
