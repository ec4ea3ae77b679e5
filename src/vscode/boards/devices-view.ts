import * as vscode from 'vscode';
import { t } from '../../core/language';
import type { FailureCode } from '../../core/result';
import { escapeMarkdown } from '../../core/present/card';
import type { Concern } from '../../jetson/preflight/concern';
import { connectionOrigin } from './connection-origin';
import { boardFacts } from './board-facts';
import { foundName, type DeviceMonitor, type DeviceState, type DeviceStatus } from './device-monitor';
import { onDidChangeSavedDevices, readSavedDevices } from './device-settings';
import { destinationText, type SavedDevice } from './saved-device';

/** A line of the view: a device, something that was found on it, or an entry of the setting that is broken. */
export type DeviceNode =
  | { readonly kind: 'device'; readonly device: SavedDevice }
  | { readonly kind: 'fact'; readonly label: string; readonly value: string; readonly icon: string }
  | { readonly kind: 'concern'; readonly concern: Concern }
  | { readonly kind: 'broken'; readonly sentence: string };

export const devicesViewId = 'framecast.devices';

/** Registers the view of the boards that the user has named. */
export function registerDevicesView(monitor: DeviceMonitor): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const isTrusted = (): boolean => vscode.workspace.isTrusted;
  const provider: vscode.TreeDataProvider<DeviceNode> = {
    onDidChangeTreeData: changed.event,
    getChildren: (node) => {
      // Without trust there are no devices to connect to, and the view says why.
      if (!isTrusted()) return [];
      if (node === undefined) return rootNodes();
      return node.kind === 'device' ? childNodes(monitor.status(node.device)) : [];
    },
    getTreeItem: (node) => treeItem(node, monitor),
  };
  const tellMenus = (): void => {
    const hasDevices = readSavedDevices().devices.length > 0;
    void vscode.commands.executeCommand('setContext', 'framecast.hasDevices', hasDevices);
  };
  tellMenus();
  const view = vscode.window.createTreeView(devicesViewId, { treeDataProvider: provider });
  // A view with a message has no welcome content, which is for an empty one.
  const showOrigin = (): void => {
    const isEmpty = !isTrusted() || rootNodes().length === 0;
    view.message = isEmpty ? undefined : (connectionOrigin() ?? undefined);
  };
  showOrigin();
  return vscode.Disposable.from(
    changed,
    onDidChangeSavedDevices(tellMenus),
    view,
    onDidChangeSavedDevices(showOrigin),
    monitor.onDidChange(() => changed.fire()),
    onDidChangeSavedDevices(() => changed.fire()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      showOrigin();
      changed.fire();
    }),
  );
}

function rootNodes(): DeviceNode[] {
  const { devices, problems } = readSavedDevices();
  return [
    ...devices.map((device): DeviceNode => ({ kind: 'device', device })),
    ...problems.map((sentence): DeviceNode => ({ kind: 'broken', sentence })),
  ];
}

function childNodes({ report, concerns }: DeviceStatus): DeviceNode[] {
  return [
    ...concerns.map((concern): DeviceNode => ({ kind: 'concern', concern })),
    ...(report === null ? [] : boardFacts(report)).map((fact): DeviceNode => ({ kind: 'fact', ...fact })),
  ];
}

function stateName(state: DeviceState): string {
  switch (state) {
    case 'never-connected':
      return t('never connected');
    case 'connecting':
      return t('connecting…');
    case 'reachable':
      return t('reachable, not ready');
    case 'ready':
      return t('ready');
    case 'busy':
      return t('busy');
    case 'problem':
      return t('problem');
  }
}

const stateIcons: Readonly<Record<DeviceState, readonly [icon: string, colour?: string]>> = {
  'never-connected': ['circle-large-outline'],
  connecting: ['loading~spin'],
  reachable: ['warning', 'charts.yellow'],
  ready: ['pass', 'charts.green'],
  busy: ['sync', 'charts.blue'],
  problem: ['error', 'charts.red'],
};

function treeItem(node: DeviceNode, monitor: DeviceMonitor): vscode.TreeItem {
  switch (node.kind) {
    case 'device':
      return deviceItem(node.device, monitor.status(node.device));
    case 'fact': {
      const item = new vscode.TreeItem(node.label);
      item.description = node.value;
      item.tooltip = `${node.label}: ${node.value}`;
      item.iconPath = new vscode.ThemeIcon(node.icon);
      item.contextValue = 'framecastFact';
      return item;
    }
    case 'concern': {
      const { severity, message } = node.concern;
      // What is wrong, and less loud what to do about it.
      const [what = message, ...remedy] = message.split(/(?<=[.:!?])\s/);
      const item = new vscode.TreeItem(what);
      item.description = remedy.join(' ');
      item.tooltip = message;
      item.iconPath =
        severity === 'error'
          ? new vscode.ThemeIcon('error', new vscode.ThemeColor('charts.red'))
          : new vscode.ThemeIcon('warning', new vscode.ThemeColor('charts.yellow'));
      item.contextValue = 'framecastConcern';
      return item;
    }
    case 'broken': {
      const item = new vscode.TreeItem(node.sentence);
      item.tooltip = node.sentence;
      item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('charts.yellow'));
      item.command = {
        command: 'workbench.action.openSettings',
        title: t('Open the setting'),
        arguments: ['framecast.devices'],
      };
      return item;
    }
  }
}

/** The state with its reason in a few words; the tooltip has the rest. */
function stateText({ state, reason, concerns, code }: DeviceStatus): string {
  const [first = ''] = reason.split(/(?<=[.:!?])\s/);
  const name = stateName(state);
  if (state === 'reachable') return `${name}: ${first}`;
  if (state === 'problem') return (code && problemText(code)) ?? name;
  if (state !== 'ready' || concerns.length === 0) return name;
  return `${name}, ${t('{0, plural, one {# warning} other {# warnings}}', concerns.length)}`;
}

/** What is wrong in a word or two, as the sentence does not fit into a side bar. */
function problemText(code: FailureCode): string | undefined {
  switch (code) {
    case 'unreachable':
    case 'timed-out':
      return t('unreachable');
    case 'disconnected':
      return t('connection lost');
    case 'authentication':
      return t('cannot sign in');
    case 'host-key-unknown':
      return t('unknown host key');
    case 'host-key-changed':
      return t('host key changed');
    case 'host-key-revoked':
      return t('host key revoked');
    default:
      return undefined;
  }
}

function deviceItem(device: SavedDevice, status: DeviceStatus): vscode.TreeItem {
  const { state, reason, checkedAt } = status;
  const found = foundName(status);
  const item = new vscode.TreeItem(device.name);
  item.id = `device:${device.name}`;
  item.description = [stateText(status), found].filter((part) => part !== null).join(' · ');
  const [icon, colour] = stateIcons[state];
  item.iconPath = new vscode.ThemeIcon(icon, colour === undefined ? undefined : new vscode.ThemeColor(colour));
  item.collapsibleState =
    status.report === null ? vscode.TreeItemCollapsibleState.None : vscode.TreeItemCollapsibleState.Collapsed;
  item.contextValue = `framecastDevice.${state}`;
  item.accessibilityInformation = { label: `${device.name}, ${stateName(state)}. ${reason}` };
  // Not appendText, whose spaces never break a line, so that words break instead.
  item.tooltip = new vscode.MarkdownString(
    [
      `**${escapeMarkdown(device.name)}** ${escapeMarkdown(`(${destinationText(device)}): ${stateName(state)}`)}`,
      escapeMarkdown(reason),
      ...(checkedAt === null ? [] : [t('Found at {0}.', new Date(checkedAt).toLocaleTimeString())]),
    ].join('\n\n'),
  );
  return item;
}
