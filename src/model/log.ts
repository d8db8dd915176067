/**
 * Where a part says what it did, for whoever runs the controller. A pino logger fits; so does nothing at all. It is
 * here so that the inner parts need not know the logging library.
 */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const nothing = (): void => undefined;

/** Says nothing: for tests and simulations. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
