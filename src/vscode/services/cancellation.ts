import { CancellationTokenSource, type CancellationToken } from 'vscode';

/** The signal that the core understands for a token that VS Code gave. */
export function toAbortSignal(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  else token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}

/** The token that VS Code understands for a signal; to be disposed of when what it may end is over. */
export function toCancellationToken(signal: AbortSignal | undefined): { token: CancellationToken; dispose(): void } {
  const source = new CancellationTokenSource();
  const cancel = (): void => source.cancel();
  if (signal?.aborted) cancel();
  signal?.addEventListener('abort', cancel);
  return {
    token: source.token,
    dispose: () => {
      signal?.removeEventListener('abort', cancel);
      source.dispose();
    },
  };
}
