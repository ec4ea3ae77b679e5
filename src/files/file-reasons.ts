import { t } from '../core/language';

/** Why a file or folder cannot be read or written, to complete "… cannot be written: …". */
export function fileReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return reasonOf(code) ?? code ?? message;
}

function reasonOf(code: string | undefined): string | undefined {
  switch (code) {
    case 'ENOENT':
      return t('its folder does not exist');
    case 'ENOTDIR':
      return t('a part of its path is not a folder');
    case 'EISDIR':
      return t('it is a folder');
    case 'EACCES':
    case 'EPERM':
      return t('you may not write there');
    case 'EROFS':
      return t('the file system is read-only');
    case 'ENOSPC':
      return t('the disk is full');
    case 'EDQUOT':
      return t('your quota on the disk is used up');
    case 'EFBIG':
      return t('it would be larger than the file system or a limit of your session allows');
    case 'EBUSY':
      return t('another program keeps writing to it');
    case 'EIO':
      return t('the disk reports an error');
    case 'ENAMETOOLONG':
      return t('its name is too long');
    case 'ELOOP':
      return t('it is a symbolic link that leads back to itself');
    default:
      return undefined;
  }
}

/** What to do where a file cannot be written, without the full stop. */
export function writingAdvice(error: unknown): string {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return t('Make room there');
  return ['EACCES', 'EPERM', 'EROFS'].includes(code) ? t('Change its permissions') : t('Check the path');
}
