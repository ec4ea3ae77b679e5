import bundle from '../../l10n/bundle.l10n.de.json';
import { setLanguage } from '../../src/core/language';
import { messageKey } from '../../src/core/message-key';

/** Says everything in German from now on, with the sentences that are shipped. */
export function speakGerman(): void {
  const messages = Object.entries(bundle).map(([message, text]) => [messageKey(message), text] as const);
  setLanguage({ locale: 'de', messages: Object.fromEntries(messages) });
}
