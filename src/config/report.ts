import type { Document } from './document.ts';
import { formatPath } from './problem.ts';
import type { Path, Problem, ProblemCode } from './problem.ts';

/** A text that must not be shown, and what is shown in its place. */
export interface Secret {
  readonly path: Path;
  readonly text: string;
  readonly shownAs: string;
}

/** What is shown of a secret that stands in the file itself. */
export const HIDDEN = '(hidden)';

/** Collects the problems of one file, at their places, with secrets taken out of every message. */
export class Report {
  readonly problems: Problem[] = [];
  readonly document: Document;
  readonly #secrets: readonly Secret[];

  constructor(document: Document, secrets: readonly Secret[] = []) {
    this.document = document;
    this.#secrets = secrets;
  }

  /** A password or token that stands in the file itself, and not in a variable. */
  isClear(path: Path): boolean {
    return this.#secrets.some(
      (secret) => secret.shownAs === HIDDEN && formatPath(secret.path) === formatPath(path),
    );
  }

  error(path: Path, code: ProblemCode, message: string, at: 'key' | 'value' = 'value'): void {
    this.#add(path, code, message, at, 'error');
  }

  warn(path: Path, code: ProblemCode, message: string, at: 'key' | 'value' = 'key'): void {
    this.#add(path, code, message, at, 'warning');
  }

  #add(
    path: Path,
    code: ProblemCode,
    message: string,
    at: 'key' | 'value',
    severity: Problem['severity'],
  ): void {
    this.problems.push({
      file: this.document.file,
      ...this.document.locate(path, at),
      path: formatPath(path),
      code,
      message: this.#scrub(path, message),
      severity,
    });
  }

  /** A short secret is only taken out of messages about its own place: elsewhere it would hit innocent words. */
  #scrub(path: Path, message: string): string {
    let text = message;
    for (const secret of this.#secrets) {
      const own = secret.path.every((part, index) => path[index] === part);
      if (secret.text === '' || (!own && secret.text.length < 6)) continue;
      const forms = [
        secret.text,
        JSON.stringify(secret.text).slice(1, -1),
        secret.text.slice(0, 57),
        secret.text.slice(0, 40),
      ];
      for (const form of forms) text = text.replaceAll(form, secret.shownAs);
    }
    return text;
  }
}
