import * as vscode from 'vscode';
import { boardName } from '../../../core/landmarks/devices';
import { isUnfit } from '../../../core/estimate/verdict';
import { escapeMarkdown, predictionCard } from '../../../core/present/card';
import { predictionView } from '../../../core/present/prediction-view';
import type { ModelEditors } from './model-editor';
import type { ModelService } from '../../services/model-service';
import { onDidChangeSettings, readSettings } from '../../services/settings';

/** Shows the open model's throughput in the status bar; a click offers other devices and runtimes. */
export function registerStatusBar(editors: ModelEditors, service: ModelService): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('framecast.prediction', vscode.StatusBarAlignment.Right, 100);
  item.name = 'Framecast Prediction';
  item.command = 'framecast.switchDevice';

  function update(): void {
    const { shown } = editors;
    if (!shown?.analysis) return item.hide();
    const { analysis, choice, uri } = shown;
    const { targetFps } = readSettings(uri);
    const view = predictionView(analysis.profile, choice, service.predict(analysis, choice), targetFps ?? undefined);
    const { verdict } = view;
    const figure = view.estimate?.throughput ?? 'No prediction';
    item.text = isUnfit(verdict)
      ? `$(circle-slash) ${verdict?.kind === 'does-not-run' ? 'Does not run as exported' : 'Computes a wrong result'}`
      : `$(dashboard) ${boardName(choice).replace(/^Jetson /, '')}: ${figure}${verdict?.kind === 'misses' ? ' ✗' : ''}`;
    item.tooltip = new vscode.MarkdownString(
      [...predictionCard(view), '', escapeMarkdown('Click to switch the device or runtime.')].join('\n'),
    );
    item.accessibilityInformation = {
      label: `Framecast: ${[view.headline, ...(verdict === null ? [] : [verdict.sentence])].join('. ')}`,
      role: 'button',
    };
    item.backgroundColor = isUnfit(verdict) ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    item.show();
  }

  update();
  return vscode.Disposable.from(
    item,
    editors.onDidChangeShown(update),
    onDidChangeSettings(update),
    service.onDidChangePredictions(update),
  );
}
