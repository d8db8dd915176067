/** Keys and indexes from the root of a file to a value. */
export type Path = readonly (string | number)[];

/** Both from 1, as editors count. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What can be wrong with a config or protocol file; a closed list, stable for programs. */
export const PROBLEM_CODES = {
  unreadable: 'The file could not be read, is too long, or is not UTF-8 text.',
  syntax: 'The file is not valid YAML.',
  too_complex: 'Too deep, too many values, or too many aliases.',
  duplicate_key: 'A key stands twice in one mapping.',
  reserved_key: 'A key that is never accepted (`__proto__`, `constructor`, `prototype`).',
  unknown_variable: 'A `${NAME}` that neither `.env` nor the environment has.',
  unknown_key: 'A key that is not known at this place.',
  missing_key: 'A required key is missing.',
  wrong_type: 'A value of the wrong kind.',
  invalid_value: 'A value that is not one of those accepted, or not of the form required.',
  out_of_range: 'A number, duration or temperature outside its range.',
  bad_id: 'An id that does not have the form of an id.',
  duplicate_id: 'Two things of one id.',
  unknown_id: 'A reference to something that is not there.',
  unknown_driver: 'A driver that is not known.',
  wrong_role: 'A device that cannot fill the role it is given.',
  same_device: 'Two roles use the very same part of one device.',
  topic_clash: "A topic of one's own choice that another device of the config listens to or speaks on.",
  plumbing: 'The roles of a station do not go together.',
  no_deadline: 'A device without a deadline of its own cannot open warm water.',
  envelope: 'A value outside the safety envelope.',
  unsupported: 'A part of the interface that is not built in this version.',
  no_scald_guard: 'Warning: no hardware scald guard, so cue mode only.',
  level_of_stream: 'Warning: a level sensor on a stream only tells a blocked drain.',
  unheard_stop: 'Warning: a valve board whose own button stops the water, and Ebb does not hear of it.',
  boot_pin: 'Warning: a valve, drain or heater at the pin that a boot loader blinks.',
  not_asked: 'Warning: some sessions cannot be asked "still OK?".',
  no_cue: 'Warning: a desk that can neither light nor beep.',
  broker: 'Warning: devices cannot reach a broker that listens on loopback only.',
  calendar: 'A calendar (ICS) that is none; as a warning, an event of one that cannot be read.',
  any_switch: 'Warning: a lamp or buzzer behind a switch of Home Assistant, in a home with valves.',
  clear_secret: 'Warning: a token stands in the file itself.',
  unused: 'Warning: something that nothing uses.',
} as const;
export type ProblemCode = keyof typeof PROBLEM_CODES;

/** One finding about a file. A file with an `error` is not used; a `warning` is shown and the file is used. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Such as `stations.foot-bath.hot.relay`; empty for the file itself. */
  readonly path: string;
  readonly code: ProblemCode;
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

/** `stations.foot-bath.thermometer[1].sensor` */
export function formatPath(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? part : `.${part}`;
  }
  return text;
}

/** One line for a terminal: `ebb.yaml:3:9: error: stations.a.hot: message`. */
export function formatProblem(problem: Problem): string {
  const where = problem.path === '' ? '' : `${problem.path}: `;
  return `${problem.file}:${problem.line}:${problem.column}: ${problem.severity}: ${where}${problem.message}`;
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === 'error');
}

/** In the order of the file. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
}
