import type { Words } from '../../model/device.ts';
import type { PlannedReminder } from './planned.ts';
import type { Suited } from './suited.ts';

/** All that is shown, in words: for the state object, and for whatever can show them; null where nothing is. */
export function wordsOf(reminders: readonly PlannedReminder[], suited: Suited, wallMs: number): Words | null {
  const shown = reminders.filter(({ snapshot }) => snapshot.matches('cueing'));
  if (shown.length === 0) return null;
  return {
    title: shown.map(({ text }) => text.title).join(', '),
    text: shown.map(({ text }) => `${text.say}${suited.warning(text, wallMs)}`).join(' Then: '),
  };
}
