import { expect, it, vi } from 'vitest';
import { settings, Uri, workspace } from '../fake-vscode';

vi.mock('vscode', () => import('../fake-vscode'));

const { landmarkFiles } = await import('../../../../src/vscode/services/landmark-files');

it('reads files that the folder shares, and none on another machine', () => {
  Object.assign(workspace, { workspaceFolders: [{ uri: Uri.file('/models') }] });
  settings.set('framecast.teamLandmarks', [
    'shared.jsonl',
    '\\\\host\\share\\x.jsonl',
    '//host/share/x.jsonl',
    '\\\\?\\UNC\\host\\x.jsonl',
    '\\\\.\\pipe\\x',
    '/data/all.jsonl',
  ]);
  expect(landmarkFiles().team).toEqual(['/models/shared.jsonl', '/data/all.jsonl']);
});
