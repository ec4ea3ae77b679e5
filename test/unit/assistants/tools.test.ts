import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inputSchema, tools } from '../../../src/assistants/tools';
import { manifestInEnglish } from '../manifest-in-english';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const { contributes } = manifestInEnglish();

describe('tools for assistants', () => {
  it('are described to VS Code as to others, but for the confirmation, which VS Code asks for itself', () => {
    const described = tools.map((tool) => {
      const { properties, ...schema } = inputSchema(tool);
      const asked = Object.entries(properties as object).filter(([name]) => name !== 'confirmed');
      return {
        name: `framecast_${tool.name}`,
        toolReferenceName: `framecast_${tool.name}`,
        displayName: `Framecast: ${tool.title}`,
        modelDescription: tool.description,
        userDescription: tool.title,
        canBeReferencedInPrompt: true,
        icon: '$(dashboard)',
        tags: ['framecast', 'onnx', 'jetson'],
        inputSchema: { ...schema, properties: Object.fromEntries(asked) },
      };
    });
    expect(contributes.languageModelTools).toEqual(JSON.parse(JSON.stringify(described)));
  });

  it('are told of in the skill and on the page for people', () => {
    const [skill] = contributes.chatSkills;
    expect(existsSync(path.join(root, skill!.path))).toBe(true);
    for (const file of [skill!.path, 'docs/assistants.md']) {
      const text = readFileSync(path.join(root, file), 'utf8');
      for (const { name } of tools) expect(text).toContain(`\`${name}\``);
    }
  });
});
