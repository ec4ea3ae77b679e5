import * as vscode from 'vscode';
import type { Result } from '../../core/result';
import { toAbortSignal } from './cancellation';

/** Runs something with a notification that can be cancelled, and tells of its failure. */
export async function withProgress<T>(
  title: string,
  work: (
    signal: AbortSignal,
    progress: vscode.Progress<{ message?: string; increment?: number }>,
  ) => Promise<Result<T>>,
): Promise<Result<T>> {
  const result = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (progress, token) => work(toAbortSignal(token), progress),
  );
  if (!result.ok && result.error.code !== 'cancelled') {
    void vscode.window.showErrorMessage(result.error.message);
  }
  return result;
}
