import type { Locator } from 'playwright-core';

interface Styled {
  readonly ownerDocument: {
    readonly defaultView: { getComputedStyle(element: unknown, part: string): { readonly content: string } };
  };
}

/** The badge of an Explorer row, which VS Code writes by style and not as text; '' where there is none. */
export async function badgeOf(row: Locator): Promise<string> {
  const content = await row.locator('.monaco-icon-label').evaluate((label) => {
    const { defaultView } = (label as unknown as Styled).ownerDocument;
    return defaultView.getComputedStyle(label, '::after').content;
  });
  return /^"(.*)"$/.exec(content)?.[1] ?? '';
}
