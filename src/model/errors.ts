/**
 * Errors by whose fault they are. Each carries a stable `code`, the fields that locate it and a `cause`.
 * The list of codes is `docs/errors.md`; a test ties it to `ERROR_CODES` in both directions.
 */
export const ERROR_CODES = {
  // ConfigError: the file
  config_invalid: 'A config or protocol file does not fit its schema.',
  config_unreadable: 'A file could not be read.',
  config_exists: 'A file that would be written is there already; nothing was overwritten.',
  envelope: 'A value lies outside the safety envelope.',
  unknown_protocol: 'There is no protocol of that id.',
  unknown_station: 'There is no station of that id.',
  unknown_person: 'There is no person of that id.',
  unsupported: 'This part of the interface is not built yet.',
  usage: 'A command was called with wrong options.',
  passwords_unusable: 'The file of the passwords is not one of ours, or others may read it.',
  password_missing: 'An address beyond this computer needs a password, and none is set.',
  // RefusedError: the safety envelope and the gate
  bad_command: 'A command object does not fit its schema.',
  bad_state: 'The command does not fit the state the station is in.',
  busy: 'The station or the person is in another session.',
  latched: 'A latched fault waits for a local clear.',
  locked: 'The station or the person is locked out for now.',
  not_local: 'The source of the command is not listed for it.',
  retained: 'A retained command is never carried out.',
  stale: 'The command is older than 5 s.',
  flooded: 'Too many commands came at once; some were not looked at.',
  not_clear: 'The condition of the fault has not been false for 5 s yet.',
  too_soon: 'The last water session of this person is too recent (L9).',
  too_many: 'This person has had as many water sessions as L10 allows.',
  heat_dose: 'The heat dose of 24 h would be more than L12 allows.',
  screening: 'The screening of this person does not permit the session.',
  already_done: 'It counts only so often on a day, and has been done.',
  no_scald_guard: 'The station declares no hardware scald guard, so it runs in cue mode only.',
  no_deadline: 'A valve without a deadline of its own never opens warm water.',
  no_reading: 'There is no fresh plausible temperature.',
  too_hot: 'The warm bucket is hotter than the session allows.',
  not_ready: 'A device or the broker is not up, or a valve is not known to be closed.',
  login_busy: 'Too many passwords wait to be checked.',
  // HTTP alone
  not_found: 'There is nothing at this address.',
  bad_request: 'A request is not one that can be read or taken.',
  login_needed: 'The password of the controller is needed first.',
  wrong_password: 'This is not the password of the controller.',
  foreign_host: 'The request names a host that the controller is not.',
  foreign_origin: 'A page of another site may neither command nor listen.',
  too_many_requests: 'Too many requests, listeners or passwords at once.',
  // DeviceError
  device_refused: 'A device answered that it will not do what it was told.',
  // LinkError
  broker_unreachable: 'The MQTT broker could not be reached.',
  broker_login: 'The MQTT broker refused the login.',
  broker_certificate: 'The certificate of the MQTT broker was not accepted.',
  port_in_use: 'An address that Ebb would listen on, or the path of a simulated serial port, is taken.',
  controller_unreachable: 'No running controller answered.',
  controller_running: 'A controller of the same config is running already.',
  // the journal
  journal_foreign: 'The journal file belongs to another program.',
  journal_newer: 'The journal was written by a newer version.',
  journal_damaged: 'The journal is damaged.',
  journal_failed: 'The journal could not be written.',
  // InvariantError
  invariant: 'Something that cannot happen happened; the water is closed.',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** Where and what: shown beside the message, never needed to understand it. */
export type ErrorFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

abstract class EbbError extends Error {
  readonly code: ErrorCode;
  readonly fields: ErrorFields;
  constructor(code: ErrorCode, message: string, fields: ErrorFields = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.fields = fields;
  }
}

/** The file (or the command line) is wrong. Exit code 2. */
export class ConfigError extends EbbError {}
/** The safety envelope or the gate says no. Exit code 2: no valve moved. */
export class RefusedError extends EbbError {}
/** A device said no. */
export class DeviceError extends EbbError {}
/** A device, broker, port or controller could not be reached. Exit code 5. */
export class LinkError extends EbbError {}
/** The journal cannot be trusted or written. Exit code 1. */
export class JournalError extends EbbError {}
/** Our own mistake. Exit code 1. */
export class InvariantError extends EbbError {}

export function isEbbError(error: unknown): error is EbbError {
  return error instanceof EbbError;
}

/** A short text of anything thrown, for logs and messages. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** For the end of an exhaustive switch: a value that the types say cannot be. */
export function unreachable(value: never): never {
  throw new InvariantError('invariant', `unexpected value ${JSON.stringify(value)}`);
}
