import { t, wholeNumber } from '../../src/core/language';
import type { LogMessage } from '../../src/protocol/benchmark-page';

/** Lines that the page keeps; the extension has more. */
const maxLines = 5000;

/** Pixels from the end within which the reader counts as being at the end. */
const nearEnd = 24;

/** The log of a page: outside the template, since it grows line by line while the rest is drawn again and again. */
export interface LogView {
  receive(message: LogMessage): void;
  /** Shows what has come in this element; `jump` is the button that leads to the end. */
  attach(element: HTMLElement | null, jump: HTMLElement | null): void;
}

export function createLogView(): LogView {
  let batches: { readonly node: Text; readonly lines: number }[] = [];
  let lines = 0;
  let next = 0;
  let element: HTMLElement | null = null;
  let jump: HTMLElement | null = null;
  let follows = true;

  function receive(message: LogMessage): void {
    if (message.reset) {
      batches.forEach(({ node }) => node.remove());
      [batches, lines, next] = [[], 0, message.from];
    }
    // Lines that came already, after a page asked twice, are not shown twice.
    const fresh = message.lines.slice(Math.max(next - message.from, 0));
    if (fresh.length === 0) return;
    const missed = message.from - next;
    if (missed > 0) add([t('… {0} lines left out …', wholeNumber(missed))]);
    add(fresh);
    next = message.from + message.lines.length;
    for (let first = batches[0]; first && lines - first.lines >= maxLines; first = batches[0]) {
      first.node.remove();
      batches.shift();
      lines -= first.lines;
    }
    toEnd();
  }

  function add(fresh: readonly string[]): void {
    const node = document.createTextNode(`${fresh.join('\n')}\n`);
    batches.push({ node, lines: fresh.length });
    lines += fresh.length;
    element?.append(node);
  }

  /** Keeps the newest line in sight, unless the reader has gone back to an older one. */
  function toEnd(): void {
    if (element && follows) element.scrollTop = element.scrollHeight;
    if (jump) jump.hidden = follows;
  }

  function attach(to: HTMLElement | null, button: HTMLElement | null): void {
    jump = button;
    if (to === element) return toEnd();
    element = to;
    if (!to) return;
    to.replaceChildren(...batches.map(({ node }) => node));
    to.addEventListener('scroll', () => {
      follows = to.scrollHeight - to.scrollTop - to.clientHeight < nearEnd;
      if (jump) jump.hidden = follows;
    });
    jump?.addEventListener('click', () => {
      follows = true;
      toEnd();
      to.focus();
    });
    toEnd();
  }

  return { receive, attach };
}
