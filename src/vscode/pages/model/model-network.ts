import type { Uri } from 'vscode';
import type { Query } from '../../../core/estimate/estimate';
import { networkView, type NetworkView } from '../../../core/present/network-view';
import { kernelsAt } from '../../../core/profile/profile-model';
import { refusal, success, type Result } from '../../../core/result';
import { readModel } from '../../../core/onnx/read';
import type { ModelMessage } from '../../../protocol/model-page';
import { openModelSource } from '../../services/model-source';

/** The fused graph of a model with its predicted times. The file is read for it, as a profile holds no graph. */
export async function modelNetwork(
  uri: Uri,
  query: Query,
  time: ModelMessage['time'],
): Promise<Result<NetworkView, string>> {
  const opened = await openModelSource(uri);
  if (!opened.ok) return refusal(opened.error.message);
  const { openExternal } = opened.value;
  try {
    const read = await readModel(opened.value, openExternal === undefined ? {} : { openExternal });
    if (!read.ok) return refusal(read.error.message);
    const kernels = kernelsAt(read.value, query);
    if (!kernels.ok) return refusal(kernels.error.message);
    return success(networkView(kernels.value, time.ok ? time.value : null));
  } finally {
    await opened.value.close();
  }
}
