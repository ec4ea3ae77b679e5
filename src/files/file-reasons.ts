/** Why a file or folder cannot be read or written, to complete "… cannot be written: …". */
export function fileReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return reasons[code ?? ''] ?? code ?? message;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of its path is not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your quota on the disk is used up',
  EFBIG: 'it would be larger than the file system or a limit of your session allows',
  EBUSY: 'another program keeps writing to it',
  EIO: 'the disk reports an error',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'it is a symbolic link that leads back to itself',
};

/** What to do where a file cannot be written, without the full stop. */
export function writingAdvice(error: unknown): string {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'Make room there';
  return ['EACCES', 'EPERM', 'EROFS'].includes(code) ? 'Change its permissions' : 'Check the path';
}
