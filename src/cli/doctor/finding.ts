/** What one line of the doctor says. */
export interface Finding {
  /** The name of the check. */
  readonly check: string;
  /** The device that it is about; null where it is about the whole home. */
  readonly device: string | null;
  readonly verdict: 'ok' | 'warn' | 'fail';
  /** What was seen, with the figures. */
  readonly message: string;
  /** What to do about it; null for `ok`. */
  readonly remedy: string | null;
  /**
   * Whose turn a failure is: `lease`, a valve stayed open when it should have closed by itself; `reach`, something
   * does not answer; `unfit`, something answers and cannot do what a session needs.
   */
  readonly kind: 'lease' | 'reach' | 'unfit' | null;
}

export type Told = Omit<Finding, 'check'>;

export const ok = (device: string | null, message: string): Told => ({
  device,
  verdict: 'ok',
  message,
  remedy: null,
  kind: null,
});

export const warn = (device: string | null, message: string, remedy: string): Told => ({
  device,
  verdict: 'warn',
  message,
  remedy,
  kind: null,
});

export const fail = (
  device: string | null,
  kind: NonNullable<Finding['kind']>,
  message: string,
  remedy: string,
): Told => ({ device, verdict: 'fail', message, remedy, kind });

/** 4: a lease was not honoured · 5: something could not be reached · 2: something is unfit for a session · 0. */
export function exitCodeOfFindings(findings: readonly Finding[]): 0 | 2 | 4 | 5 {
  const has = (kind: Finding['kind']): boolean => findings.some((finding) => finding.kind === kind);
  if (has('lease')) return 4;
  if (has('reach')) return 5;
  return has('unfit') ? 2 : 0;
}
