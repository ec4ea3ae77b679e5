import type { Page } from 'playwright-core';

/** The parts of the browser's DOM used here; the tests' compiler settings carry no DOM types. */
interface LineElement {
  readonly ownerDocument: {
    createRange(): {
      setStart(node: unknown, offset: number): void;
      setEnd(node: unknown, offset: number): void;
      getBoundingClientRect(): { x: number; y: number; width: number; height: number };
    };
    createTreeWalker(node: unknown, what: number): { nextNode(): { readonly data: string } | null };
  };
}

/** A place in page coordinates, in CSS pixels. */
export interface Position {
  readonly x: number;
  readonly y: number;
}

/** Where the visible text editor shows `text` first: the middle of it. */
export async function positionOfText(page: Page, text: string): Promise<Position> {
  // The editor writes its spaces as no-break spaces.
  const shown = new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(' ', '[ \u00a0]'));
  const line = page.locator('.monaco-editor .view-line').filter({ visible: true, hasText: shown }).first();
  await line.waitFor();
  return await line.evaluate((element, wanted) => {
    const { ownerDocument } = element as unknown as LineElement;
    const showText = 4;
    const walker = ownerDocument.createTreeWalker(element, showText);
    const nodes: { readonly node: unknown; readonly start: number }[] = [];
    let whole = '';
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      nodes.push({ node, start: whole.length });
      whole += node.data.replaceAll('\u00a0', ' ');
    }
    const middle = whole.indexOf(wanted) + Math.floor(wanted.length / 2);
    const holder = nodes.filter((node) => node.start <= middle).at(-1);
    if (!holder) throw new Error(`No text ${wanted}`);
    const range = ownerDocument.createRange();
    range.setStart(holder.node, middle - holder.start);
    range.setEnd(holder.node, middle - holder.start + 1);
    const box = range.getBoundingClientRect();
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }, text);
}
