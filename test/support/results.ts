import { openHistory, sessionResults } from '../../src/journal/index.ts';
import type { SessionResult } from '../../src/model/state.ts';

/** The sessions that have ended, as a journal on disk has them. */
export function resultsOf(path: string): readonly SessionResult[] {
  const history = openHistory(path);
  try {
    return sessionResults(history.records({ types: ['start', 'end'], limit: 100 }));
  } finally {
    history.close();
  }
}
