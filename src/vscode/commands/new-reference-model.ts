import * as vscode from 'vscode';
import { formatBytes, formatExactCount, formatMacs } from '../../core/figures';
import { profileModel } from '../../core/profile/profile-model';
import { zooFamilies } from '../../core/zoo/families';
import type { Setting, Settings, ZooFamily, ZooOption } from '../../core/zoo/family';
import { modelChunks } from '../../core/zoo/model-bytes';
import { type ReferenceModel, referenceModel, type ReferenceRequest } from '../../core/zoo/reference-model';
import { publishedMembers, type PublishedMember } from '../../core/zoo/published-members';
import { parseSettingText, settingText, wantedText } from '../../core/zoo/setting-text';
import { writeModelFile } from '../../files/write-file';
import { failure, success, type Result } from '../../core/result';
import { isOnDisk } from '../services/on-disk';
import { withProgress } from '../services/with-progress';
import { runWizard, type Wizard } from '../services/wizard';
import { modelEditorType } from '../pages/model/model-editor';
import { t } from '../../core/language';

const title = (): string => t('New Reference Model');

/**
 * *New Reference Model…*: asks for a family of the zoo, its options, resolution and batch, writes the member with random
 * weights where the user says, and opens it. Nothing is written before the last step.
 */
export async function newReferenceModel(): Promise<void> {
  const request = await runWizard(title(), askMember);
  if (request !== undefined) await createReferenceModel(request);
}

async function askMember(wizard: Wizard): Promise<ReferenceRequest> {
  const items = zooFamilies.map((each) => ({ label: each.name, detail: each.source(), family: each }));
  const { family } = await wizard.pick(items, { prompt: t('Which architecture family?') });
  const published = family.options.length === 0 ? undefined : await pickPublished(wizard, family);
  const member = { family: family.name, settings: published?.settings ?? (await askSettings(wizard, family)) };
  const resolution = await askNumber(
    wizard,
    t('Side of the square input in pixels'),
    String(family.resolution ?? 224),
    (entered) => complaintAbout({ ...member, resolution: entered }),
  );
  const batch = await askNumber(wizard, t('Inputs per inference (batch)'), '1', (entered) =>
    complaintAbout({ ...member, resolution, batch: entered }),
  );
  return { ...member, resolution, batch };
}

/** Asks where to write a member with random weights, writes it and opens it. */
export async function createReferenceModel(request: ReferenceRequest): Promise<void> {
  const made = referenceModel(request);
  if (!made.ok) return void vscode.window.showErrorMessage(made.error.message);
  const target = await askTarget(made.value);
  if (target !== undefined) await write(made.value, target);
}

/** Networks that *Create a Sample Model* writes, one more each time, so that there are some to compare. */
const firstSample: ReferenceRequest = { family: 'MobileFaceNet', settings: { scale: 2 } };
const samples = [firstSample, { family: 'MobileNetV2', settings: {} }, { family: 'ResNet', settings: {} }];

/**
 * *Create a Sample Model*: writes the first of the samples that is not there yet, with random weights, and opens it.
 * Nothing is asked. If all are there, the first is opened.
 *
 * @param storage where samples go if no folder is open
 */
export async function createSampleModel(storage: vscode.Uri): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.joinPath(storage, 'samples');
  await vscode.workspace.fs.createDirectory(folder);
  const present = new Set((await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name));
  const nameOf = ({ family }: ReferenceRequest): string => `sample-${family.toLowerCase()}.onnx`;
  const next = samples.find((sample) => !present.has(nameOf(sample)));
  if (next === undefined) return void (await openModelFile(vscode.Uri.joinPath(folder, nameOf(firstSample))));
  const made = referenceModel(next);
  if (!made.ok) return void vscode.window.showErrorMessage(made.error.message);
  await write(made.value, vscode.Uri.joinPath(folder, nameOf(next)));
}

/** Why there is no such model, while the answer at fault can still be changed; building one takes a millisecond. */
function complaintAbout(request: ReferenceRequest): string | undefined {
  const made = referenceModel(request);
  return made.ok ? undefined : made.error.message;
}

/** A member that everybody knows; undefined where the options are to be asked for. */
async function pickPublished(wizard: Wizard, family: ZooFamily): Promise<PublishedMember | undefined> {
  const members = publishedMembers.filter((member) => member.family === family.name);
  const usual = members.map((member) => ({
    label: member.name,
    description: t('weights from {0}', member.weights),
    member,
  }));
  const other = { label: t('Another member…'), description: t('asks for each option'), member: undefined };
  wizard.expect(4);
  const items: { label: string; description: string; member: PublishedMember | undefined }[] = [...usual, other];
  const picked = usual.length === 0 ? other : await wizard.pick(items, { prompt: t('Which {0}?', family.name) });
  if (picked.member === undefined) wizard.expect(family.options.length + (usual.length === 0 ? 3 : 4));
  return picked.member;
}

/** Every option in turn. */
async function askSettings(wizard: Wizard, family: ZooFamily): Promise<Settings> {
  const settings: Record<string, Setting> = {};
  for (const option of family.options) {
    settings[option.name] = await askSetting(wizard, family, option, settings);
  }
  return settings;
}

/** @param earlier answers, with which this one has to go together */
async function askSetting(wizard: Wizard, family: ZooFamily, option: ZooOption, earlier: Settings): Promise<Setting> {
  const about = `${family.name}: ${option.description()}`;
  if (option.kind === 'choice') {
    // The usual one first, as Enter takes it.
    const choices = [...option.choices].sort((a, b) => Number(b === option.initial) - Number(a === option.initial));
    const items = choices.map((label) => ({ label }));
    return (await wizard.pick(items, { prompt: about })).label;
  }
  const parse = (text: string): Setting | string => {
    const setting = parseSettingText(option, text);
    if (setting === null) return t('It must be {0}.', wantedText(option));
    return complaintAbout({ family: family.name, settings: { ...earlier, [option.name]: setting } }) ?? setting;
  };
  const entered = await wizard.input({
    prompt: about,
    value: settingText(option.initial),
    complaint: (text) => {
      const setting = parse(text);
      return typeof setting === 'string' ? setting : undefined;
    },
  });
  return parse(entered);
}

async function askNumber(
  wizard: Wizard,
  prompt: string,
  value: string,
  complaint: (entered: number) => string | undefined,
): Promise<number> {
  const entered = await wizard.input({
    prompt,
    value,
    complaint: (text) => (/^[1-9]\d{0,5}$/.test(text) ? complaint(Number(text)) : t('Enter a whole number above 0.')),
  });
  return Number(entered);
}

async function askTarget({ family, settings, size }: ReferenceModel): Promise<vscode.Uri | undefined> {
  const initial = new Map(family.options.map((option) => [option.name, settingText(option.initial)]));
  const changed = Object.entries(settings)
    .filter(([name, setting]) => settingText(setting) !== initial.get(name))
    .map(([name, setting]) => `${name}${settingText(setting).replaceAll(',', '-')}`);
  const name = [family.name.toLowerCase(), ...changed, String(size.resolution)].join('_');
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return vscode.window.showSaveDialog({
    title: title(),
    filters: { [t('ONNX models')]: ['onnx'] },
    defaultUri: folder && vscode.Uri.joinPath(folder, `${name}.onnx`),
  });
}

async function openModelFile(target: vscode.Uri): Promise<void> {
  await vscode.commands.executeCommand('vscode.openWith', target, modelEditorType);
}

async function write(reference: ReferenceModel, target: vscode.Uri): Promise<void> {
  const profile = profileModel(reference.model);
  if (!profile.ok) return void vscode.window.showErrorMessage(profile.error.message);
  const { parameters, macs, variant } = profile.value;
  const written = await withProgress(t('Writing the model'), (signal) =>
    // The save dialog has asked before an existing file is replaced.
    isOnDisk(target)
      ? writeModelFile(target.fsPath, modelChunks(reference, 1), { overwrite: true, signal })
      : writeWhole(target, modelChunks(reference, 1)),
  );
  if (!written.ok) return;
  await openModelFile(target);
  const cost = macs === null ? '' : `, ${formatMacs(macs)}`;
  vscode.window.setStatusBarMessage(
    `$(check) ${variant ?? reference.family.name}: ${t('{0} parameters', formatExactCount(parameters))}${cost}, ${formatBytes(written.value)}`,
    5000,
  );
}

/** Largest model that is made in memory, where a file can only be written whole. */
const maxWholeBytes = 64 * 1024 * 1024;

/** Writes a file that is on no disk. Returns its bytes. Failure codes: too-large, unwritable. */
async function writeWhole(target: vscode.Uri, chunks: Iterable<Uint8Array>): Promise<Result<number>> {
  const held: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > maxWholeBytes) {
      return failure('too-large', t('This model is too large to be written here. Save it in a folder on a disk.'));
    }
    held.push(chunk.slice());
  }
  const whole = new Uint8Array(await new Blob(held).arrayBuffer());
  try {
    await vscode.workspace.fs.writeFile(target, whole);
    return success(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return failure('unwritable', t('The model cannot be written here: {0}. Save it in another folder.', reason));
  }
}
