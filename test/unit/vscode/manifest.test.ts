import { describe, expect, it } from 'vitest';
import { manifestInEnglish } from '../manifest-in-english';

interface MenuEntry {
  readonly command: string;
  readonly when?: string;
  readonly group?: string;
}

interface Manifest {
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly menus: Readonly<Record<string, readonly MenuEntry[]>>;
    readonly keybindings: readonly { readonly command: string; readonly when?: string }[];
    readonly views: Readonly<Record<string, readonly { readonly visibility?: string }[]>>;
  };
}

const { activationEvents, contributes } = manifestInEnglish() as unknown as Manifest;
const { commands, menus, keybindings, views } = contributes;

describe('what the extension puts into the editor', () => {
  it('is thirteen entries in the Command Palette for a newcomer, and the others where they make sense', () => {
    const conditional = new Set(menus['commandPalette']!.map(({ command }) => command));
    const always = commands.filter(({ command }) => !conditional.has(command));
    expect(always.map(({ title }) => title)).toHaveLength(13);
    // Who types the name of one command shall not be offered another first.
    expect(commands.filter(({ title }) => title.startsWith('Compare Models'))).toHaveLength(1);
  });

  it('is a group of its own in the Explorer, on models and on folders that hold some', () => {
    for (const { group, when } of menus['explorer/context']!) {
      expect(group).toMatch(/^3_framecast@/);
      expect(when).toMatch(/resourceExtname =~ \/\^\\\.onnx\$\/i/);
      expect(when).not.toMatch(/explorerResourceIsFolder(?! && resourcePath in framecast\.modelFolders)/);
    }
  });

  it('is nothing before there is a model or a view is opened, and three open views at most', () => {
    expect(activationEvents.filter((event) => !event.startsWith('workspaceContains:'))).toEqual([]);
    expect(views['framecast']!.filter(({ visibility }) => visibility !== 'collapsed').length).toBeLessThanOrEqual(3);
  });

  it('takes keys on its own pages alone', () => {
    expect(keybindings.map(({ when }) => when)).toEqual(
      keybindings.map(() => 'activeCustomEditorId == framecast.model'),
    );
  });
});
