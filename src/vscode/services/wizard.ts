import * as vscode from 'vscode';

/** Questions one after the other, with their number and a *Back* button. Giving up one of them ends them all. */
export interface Wizard {
  /** Says how many questions there will be, as far as is known; shown after the number of the current one. */
  expect(questions: number): void;
  /** One of the items; Enter takes the one with `picked` at first, otherwise the first. */
  pick<Item extends vscode.QuickPickItem>(items: readonly Item[], question: Question): Promise<Item>;
  /** Any of the items, those with `picked` to begin with. */
  pickMany<Item extends vscode.QuickPickItem>(
    items: readonly Item[],
    question: ManyQuestion<Item>,
  ): Promise<readonly Item[]>;
  /** A text without blanks around it that `complaint` has nothing against. */
  input(question: TextQuestion): Promise<string>;
  /** What is found out between questions, as by a file dialog; not done again when *Back* leads to a later question. Undefined ends them all. */
  once<Value>(find: () => Promise<Value | undefined>): Promise<Value>;
}

export interface Question {
  readonly prompt: string;
}

export interface ManyQuestion<Item> {
  /** May say what the choice amounts to. */
  readonly prompt: string | ((picked: readonly Item[]) => string);
  /** What is wrong with a choice, shown instead of the prompt; null if nothing. */
  readonly complaint?: (picked: readonly Item[]) => string | null;
}

export interface TextQuestion {
  readonly prompt: string;
  readonly value?: string;
  readonly placeHolder?: string;
  /** What is wrong with a text; null or undefined if nothing. */
  readonly complaint?: (text: string) => Complaint | Promise<Complaint>;
}

type Complaint = string | null | undefined;

/** Thrown through the questions to ask them again, with all answers but the last. */
const goBack = new Error('back');
/** Thrown through the questions to end them without an answer. */
const leave = new Error('left');

interface Answer {
  readonly value: unknown;
  /** Whether the user was asked for it. */
  readonly isAsked: boolean;
}

export interface WizardOptions {
  /** Whether the first question has a *Back* button too, which gives up: it leads back to where the wizard was called from. */
  readonly isPartOfAnother?: boolean;
}

/**
 * Runs questions one after the other. *Back* runs `ask` again with the answers given so far, up to the question before: it
 * must ask the same for the same answers and change nothing before the last one. A question that is asked again offers
 * what was answered before, also after several steps back.
 *
 * @returns undefined if the user gives up
 */
export async function runWizard<Value>(
  title: string,
  ask: (wizard: Wizard) => Promise<Value>,
  { isPartOfAnother = false }: WizardOptions = {},
): Promise<Value | undefined> {
  let kept: readonly Answer[] = [];
  /** By prompt, what was answered instead of what the question offered. */
  const earlier = new Map<string, string>();
  for (;;) {
    const answers: Answer[] = [];
    let questions: number | undefined;
    const answered = async <Given>(isAsked: boolean, find: () => Promise<Given>): Promise<Given> => {
      const known = kept[answers.length];
      const value = known === undefined ? await find() : (known.value as Given);
      answers.push({ value, isAsked });
      return value;
    };
    const shown = <Given>(show: (position: StepPosition) => Promise<Given>): Promise<Given> =>
      answered(true, () => {
        const step = 1 + answers.filter(({ isAsked }) => isAsked).length;
        return show({ title, step, questions, hasBack: step > 1 || isPartOfAnother });
      });
    const wizard: Wizard = {
      expect: (count) => void (questions = count),
      pick: (items, question) =>
        shown(async (position) => {
          const before = earlier.get(question.prompt);
          const active = items.find(({ label, picked }) => (before === undefined ? picked : label === before));
          const picked = await showPick(items, question, position, active);
          earlier.set(question.prompt, picked.label);
          return picked;
        }),
      pickMany: (items, question) => shown((position) => showManyPick(items, question, position)),
      input: (question) =>
        shown(async (position) => {
          const { prompt, value } = question;
          const entered = await showInput({ ...question, value: earlier.get(prompt) ?? value }, position);
          if (entered !== value) earlier.set(prompt, entered);
          return entered;
        }),
      once: (find) =>
        answered(false, async () => {
          const found = await find();
          if (found === undefined) throw leave;
          return found;
        }),
    };
    try {
      return await ask(wizard);
    } catch (error) {
      if (error === leave) return undefined;
      if (error !== goBack) throw error;
      if (!answers.some(({ isAsked }) => isAsked)) return undefined;
      kept = answers.slice(0, answers.map(({ isAsked }) => isAsked).lastIndexOf(true));
    }
  }
}

/** A question's number among the others. */
interface StepPosition {
  readonly title: string;
  readonly step: number;
  readonly questions: number | undefined;
  readonly hasBack: boolean;
}

/** @param active the item that Enter takes at first; the first one by default */
function showPick<Item extends vscode.QuickPickItem>(
  items: readonly Item[],
  { prompt }: Question,
  position: StepPosition,
  active: Item | undefined,
): Promise<Item> {
  const list = vscode.window.createQuickPick<Item>();
  list.items = items;
  list.placeholder = prompt;
  if (active !== undefined) list.activeItems = [active];
  return shownInput(list, position, (accept) =>
    list.onDidAccept(() => {
      // Enter while no item matches the filter is no answer.
      const [picked] = list.selectedItems;
      if (picked !== undefined) accept(picked);
    }),
  );
}

function showManyPick<Item extends vscode.QuickPickItem>(
  items: readonly Item[],
  { prompt, complaint }: ManyQuestion<Item>,
  position: StepPosition,
): Promise<readonly Item[]> {
  const list = vscode.window.createQuickPick<Item>();
  const say = (picked: readonly Item[]): void => {
    list.placeholder = complaint?.(picked) ?? (typeof prompt === 'string' ? prompt : prompt(picked));
  };
  list.items = items;
  list.canSelectMany = true;
  list.selectedItems = items.filter(({ picked }) => picked === true);
  list.onDidChangeSelection(say);
  say(list.selectedItems);
  return shownInput<readonly Item[]>(list, position, (accept) =>
    list.onDidAccept(() => {
      const picked = [...list.selectedItems];
      if ((complaint?.(picked) ?? null) === null) accept(picked);
    }),
  );
}

function showInput({ prompt, value = '', placeHolder, complaint }: TextQuestion, position: StepPosition) {
  const box = vscode.window.createInputBox();
  box.prompt = prompt;
  box.value = value;
  box.placeholder = placeHolder;
  const check = async (text: string): Promise<string | undefined> => {
    const message = (await complaint?.(text.trim())) ?? undefined;
    // An answer to a text that has changed meanwhile says nothing.
    if (text === box.value) box.validationMessage = message;
    return message;
  };
  box.onDidChangeValue((text) => void check(text));
  return shownInput<string>(box, position, (accept) =>
    box.onDidAccept(async () => {
      const text = box.value;
      if ((await check(text)) === undefined) accept(text.trim());
    }),
  );
}

/** Shows an input until it is answered; rejects if it is left by *Back*, or hidden. */
function shownInput<Given>(
  input: vscode.QuickInput & { buttons: readonly vscode.QuickInputButton[] } & {
    readonly onDidTriggerButton: vscode.Event<vscode.QuickInputButton>;
  },
  { title, step, questions, hasBack }: StepPosition,
  onAccept: (accept: (given: Given) => void) => vscode.Disposable,
): Promise<Given> {
  input.title = title;
  input.ignoreFocusOut = true;
  if (step > 1 || (questions ?? 1) > 1) input.step = step;
  if (questions !== undefined && questions > 1) input.totalSteps = Math.max(questions, step);
  if (hasBack) input.buttons = [vscode.QuickInputButtons.Back];
  return new Promise<Given>((resolve, reject) => {
    onAccept(resolve);
    input.onDidTriggerButton(() => reject(goBack));
    input.onDidHide(() => reject(leave));
    input.show();
  }).finally(() => input.dispose());
}
