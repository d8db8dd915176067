import type { StoredRecord } from '../journal/index.ts';
import type { Sentence } from './sentence.ts';
import { numberOf, sentence, textOf } from './sentence.ts';
import { sourceText } from './words.ts';

/** What is recorded of every place, or of the controller itself; null: of something else. */
export function commonSentence(record: StoredRecord): Sentence | null {
  switch (record.type) {
    case 'boot':
      return sentence(record, 'The controller began.');
    case 'halt':
      return sentence(record, 'The controller was ended.');
    case 'clock':
      return sentence(record, `${capital(textOf(record, 'message') ?? 'the clock jumped')}.`);
    case 'rebooted':
      return sentence(record, `${textOf(record, 'device') ?? 'A device'} restarted by itself.`);
    case 'taken_over':
      return sentence(
        record,
        'Another program took the name of the controller at the broker, and with it the water.',
      );
    case 'taken':
      return sentence(
        record,
        `"${textOf(record, 'command') ?? ''}" from ${sourceText(textOf(record, 'source'))} was accepted.`,
      );
    case 'refused':
      return sentence(record, refusedText(record));
    default:
      return null;
  }
}

export function refusedText(record: StoredRecord): string {
  const command = textOf(record, 'command') ?? '';
  const code = textOf(record, 'code') ?? '';
  const what = command === '' ? 'What came' : `"${command}"`;
  const message = textOf(record, 'message');
  // Journals of before this was kept have the code alone.
  const why = message === null ? ` (${code}); the journal does not say more` : `: ${message} (${code})`;
  const leftOut = numberOf(record, 'left_out');
  const more = leftOut === null ? '' : ` ${leftOut} more before it were refused and not recorded.`;
  return `${what} from ${sourceText(textOf(record, 'source'))} was refused${why}.${more}`;
}

export function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
