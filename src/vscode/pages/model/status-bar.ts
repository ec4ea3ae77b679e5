import * as vscode from 'vscode';
import { t } from '../../../core/language';
import { isUnfit } from '../../../core/estimate/verdict';
import { escapeMarkdown, predictionCard } from '../../../core/present/card';
import { statusBarText } from '../../../core/present/one-line';
import { predictionView } from '../../../core/present/prediction-view';
import type { ModelEditors } from './model-editor';
import type { ModelService } from '../../services/model-service';
import { onDidChangeSettings, readSettings } from '../../services/settings';

/** Shows the open model's throughput in the status bar; a click offers other devices and runtimes. */
export function registerStatusBar(editors: ModelEditors, service: ModelService): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('framecast.prediction', vscode.StatusBarAlignment.Right, 100);
  item.name = t('Framecast Prediction');
  item.command = 'framecast.switchDevice';

  function update(): void {
    const { shown } = editors;
    if (!shown?.analysis) return item.hide();
    const { analysis, choice, uri } = shown;
    const { targetFps } = readSettings(uri);
    const prediction = service.predict(analysis, choice);
    const view = predictionView(analysis.profile, choice, prediction, targetFps ?? undefined);
    const { verdict } = view;
    item.text = `$(${isUnfit(verdict) ? 'circle-slash' : 'dashboard'}) ${statusBarText({ query: choice, prediction, verdict })}`;
    item.tooltip = new vscode.MarkdownString(
      [...predictionCard(view), '', escapeMarkdown(t('Click to switch the device or runtime.'))].join('\n'),
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
