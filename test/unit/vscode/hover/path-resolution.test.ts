import { describe, expect, it } from 'vitest';
import { resolveModelPath, type Surroundings } from '../../../../src/vscode/hover/path-resolution';

const around: Surroundings = {
  folder: '/home/ada/face/src/app',
  workspaceFolders: [
    { name: 'face', path: '/home/ada/face' },
    { name: 'models', path: '/data/models' },
  ],
  home: '/home/ada',
};

describe('resolveModelPath', () => {
  it("tries the document's folder, the workspace folders, then the folders above up to the root", () => {
    expect(resolveModelPath('net/a.onnx', around)).toEqual([
      '/home/ada/face/src/app/net/a.onnx',
      '/home/ada/face/net/a.onnx',
      '/data/models/net/a.onnx',
      '/home/ada/face/src/net/a.onnx',
    ]);
  });

  it('does not climb above a document outside the workspace', () => {
    expect(resolveModelPath('a.onnx', { ...around, folder: '/tmp/x' })).toEqual([
      '/tmp/x/a.onnx',
      '/home/ada/face/a.onnx',
      '/data/models/a.onnx',
    ]);
  });

  it('knows only the workspace folders for an unsaved document', () => {
    expect(resolveModelPath('./a.onnx', { ...around, folder: null })).toEqual([
      '/home/ada/face/a.onnx',
      '/data/models/a.onnx',
    ]);
  });

  it.each([
    ['/opt/a.onnx', ['/opt/a.onnx']],
    ['~/a.onnx', ['/home/ada/a.onnx']],
    ['$HOME/a.onnx', ['/home/ada/a.onnx']],
    ['${userHome}/a.onnx', ['/home/ada/a.onnx']],
    ['${fileDirname}/../a.onnx', ['/home/ada/face/src/a.onnx']],
    ['${workspaceFolder}/a.onnx', ['/home/ada/face/a.onnx', '/data/models/a.onnx']],
    ['${workspaceFolder:models}/a.onnx', ['/data/models/a.onnx']],
    ['file:///opt/a%20b.onnx', ['/opt/a b.onnx']],
    ['file://localhost/opt/a.onnx', ['/opt/a.onnx']],
    ['file:///C:/net/a.onnx', ['/C:/net/a.onnx']],
    ['C:\\net\\a.onnx', ['/C:/net/a.onnx']],
  ])('resolves %s', (mentioned, paths) => {
    expect(resolveModelPath(mentioned, around)).toEqual(expect.arrayContaining(paths));
    expect(resolveModelPath(mentioned, around)[0]).toBe(paths[0]);
  });

  it('takes backslashes as separators first, and then as part of a name', () => {
    const paths = resolveModelPath('net\\a.onnx', around);
    expect(paths[0]).toBe('/home/ada/face/src/app/net/a.onnx');
    expect(paths).toContain('/home/ada/face/src/app/net\\a.onnx');
  });

  it.each([
    ['a network share', '\\\\host\\share\\a.onnx'],
    ['a network share with slashes', '//host/share/a.onnx'],
    ['a network share mixed', '/\\host\\share\\a.onnx'],
    ['a network share by URI', 'file://host/share/a.onnx'],
    ['a network share by empty authority', 'file:////host/share/a.onnx'],
    ['an unknown variable', '${env:SECRET}/a.onnx'],
    ["another user's home", '~eve/a.onnx'],
    ['a broken percent escape', 'file:///opt/%zz.onnx'],
  ])('refuses %s', (_name, mentioned) => {
    expect(resolveModelPath(mentioned, around)).toEqual([]);
  });

  it('does not expand variables that stand in the name of a folder', () => {
    const odd = { ...around, workspaceFolders: [{ name: 'odd', path: '/srv/${workspaceFolder}' }] };
    expect(resolveModelPath('${workspaceFolder}/a.onnx', odd)).toEqual(['/srv/${workspaceFolder}/a.onnx']);
  });
});
