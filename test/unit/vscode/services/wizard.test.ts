import { beforeEach, describe, expect, it, vi } from 'vitest';
import { runWizard, type Wizard } from '../../../../src/vscode/services/wizard';

interface Item {
  readonly label: string;
  readonly picked?: boolean;
}

const { QuickPick, back, shown } = vi.hoisted(() => {
  type Listener = (value: never) => unknown;
  const back = { name: 'back' };
  const shown: InstanceType<typeof QuickPick>[] = [];
  /** A list as VS Code has it, whose user is the test. */
  class QuickPick {
    items: readonly Item[] = [];
    activeItems: readonly Item[] = [];
    selectedItems: readonly Item[] = [];
    buttons: readonly unknown[] = [];
    placeholder = '';
    title = '';
    step: number | undefined;
    totalSteps: number | undefined;
    private readonly listeners = new Map<string, Listener>();
    private readonly on = (event: string) => (listener: Listener) => void this.listeners.set(event, listener);
    readonly onDidAccept = this.on('accept');
    readonly onDidChangeSelection = this.on('selection');
    readonly onDidTriggerButton = this.on('button');
    readonly onDidHide = this.on('hide');
    show(): void {
      shown.push(this);
    }
    dispose(): void {}
    tell(event: string, value?: unknown): void {
      this.listeners.get(event)?.(value as never);
    }
    /** Ticks entries, or chooses one, without pressing Enter. */
    select(...labels: readonly string[]): void {
      this.selectedItems = this.items.filter(({ label }) => labels.includes(label));
      this.tell('selection', this.selectedItems);
    }
  }
  return { QuickPick, back, shown };
});

vi.mock('vscode', () => ({
  QuickInputButtons: { Back: back },
  window: { createQuickPick: () => new QuickPick() },
}));

/** The list that is shown after what was done to the one before. */
async function next(): Promise<InstanceType<typeof QuickPick>> {
  await vi.waitFor(() => expect(shown).not.toHaveLength(0));
  return shown.pop()!;
}

beforeEach(() => void (shown.length = 0));

const items: readonly Item[] = [{ label: 'one', picked: true }, { label: 'two' }];
const colours = { prompt: 'Which colour?' };

describe('a question with several answers', () => {
  const ask = (wizard: Wizard): Promise<readonly Item[]> =>
    wizard.pickMany(items, {
      prompt: (picked) => `${picked.length} to send`,
      complaint: (picked) => (picked.length === 0 ? 'Choose one' : null),
    });

  it('says what the choice amounts to, and does not take one that it complains of', async () => {
    const answer = runWizard('Send', ask);
    const list = await next();
    expect(list.placeholder).toBe('1 to send');
    list.select('one', 'two');
    expect(list.placeholder).toBe('2 to send');
    list.select();
    expect(list.placeholder).toBe('Choose one');
    const taken = vi.fn();
    void answer.then(taken);
    list.tell('accept');
    await Promise.resolve();
    expect(taken).not.toHaveBeenCalled();
    list.select('two');
    list.tell('accept');
    expect(await answer).toEqual([items[1]]);
  });
});

describe('a question with one answer', () => {
  it('begins with the answer that holds so far', async () => {
    const answer = runWizard('Change', (wizard) => wizard.pick([{ label: 'zero' }, ...items], colours));
    const list = await next();
    expect(list.activeItems).toEqual([items[0]]);
    list.tell('hide');
    expect(await answer).toBeUndefined();
  });
});

describe('Back', () => {
  it('is on the first question of a part only, where it gives the part up', async () => {
    const alone = runWizard('Alone', (wizard) => wizard.pick(items, colours));
    const first = await next();
    expect(first.buttons).toEqual([]);
    first.tell('hide');
    expect(await alone).toBeUndefined();

    const part = runWizard('Part', (wizard) => wizard.pick(items, colours), { isPartOfAnother: true });
    const list = await next();
    expect(list.buttons).toEqual([back]);
    list.tell('button', back);
    expect(await part).toBeUndefined();
  });

  it('leads from the second question of a part to its first, with what was answered', async () => {
    const part = runWizard(
      'Part',
      async (wizard) => [await wizard.pick(items, colours), await wizard.pick(items, { prompt: 'Which size?' })],
      { isPartOfAnother: true },
    );
    let list = await next();
    list.select('two');
    list.tell('accept');
    list = await next();
    expect(list).toMatchObject({ placeholder: 'Which size?', step: 2 });
    list.tell('button', back);
    list = await next();
    expect(list).toMatchObject({ placeholder: 'Which colour?', activeItems: [items[1]] });
    list.select('one');
    list.tell('accept');
    list = await next();
    list.select('two');
    list.tell('accept');
    expect(await part).toEqual([items[0], items[1]]);
  });
});
