import type { SetCommand } from '../../model/command.ts';
import type { StationSettings } from '../../model/station.ts';
import type { LoadedHome } from '../output.ts';

/** One session, from the preview to the summary. */
export interface RunRequest {
  readonly home: LoadedHome;
  readonly station: StationSettings;
  readonly start: Extract<SetCommand, { command: 'start' }>;
  readonly json: boolean;
}
