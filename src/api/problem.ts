import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { ERROR_CODES, RefusedError, isEbbError } from '../model/errors.ts';
import type { ErrorCode } from '../model/errors.ts';

/** RFC 9457, with the stable code and the message that every other interface of Ebb gives too. */
export const PROBLEM_TYPE = 'application/problem+json';
export const problemSchema = z
  .strictObject({
    type: z.string().describe('urn:ebb:error:CODE'),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    code: z.string().describe('a code of docs/errors.md'),
    message: z.string().describe('what happened, what the water does, what to do next; the same as `detail`'),
    transaction: z.string().optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problemSchema>;

/** How a route says in the documents that it may be answered with a problem. */
const answer = (description: string) => ({
  description,
  content: { [PROBLEM_TYPE]: { schema: problemSchema } },
});
export const PROBLEMS = { '4xx': answer('refused'), '5xx': answer('not possible right now') };

/** The status of each code that a request can meet. A refused command whose code is not here conflicts with the moment. */
const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  bad_command: 400,
  bad_request: 400,
  login_needed: 401,
  wrong_password: 401,
  not_local: 403,
  locked: 403,
  screening: 403,
  foreign_host: 403,
  foreign_origin: 403,
  not_found: 404,
  unknown_station: 404,
  bad_state: 409,
  busy: 409,
  latched: 409,
  not_clear: 409,
  not_ready: 409,
  no_reading: 409,
  too_hot: 409,
  too_soon: 409,
  too_many: 409,
  envelope: 422,
  unknown_protocol: 422,
  unknown_person: 422,
  unsupported: 422,
  no_scald_guard: 422,
  no_deadline: 422,
  too_many_requests: 429,
  login_busy: 429,
  invariant: 500,
  stale: 503,
};
const REFUSED = 409;

export function statusOf(code: string): number {
  return isCode(code) ? (STATUS[code] ?? REFUSED) : REFUSED;
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}

/** A request that is not carried out. `status` overrides the table where HTTP itself has the word for it. */
export class HttpProblem extends Error {
  readonly problem: Problem;
  /** Seconds after which to try again. */
  readonly retryAfterS: number | null;

  constructor(
    code: string,
    message: string,
    {
      status = statusOf(code),
      title = isCode(code) ? ERROR_CODES[code] : 'The command was refused.',
      transaction,
      retryAfterS = null,
    }: {
      status?: number;
      title?: string;
      transaction?: string | undefined;
      retryAfterS?: number | null;
    } = {},
  ) {
    super(message);
    this.problem = {
      type: `urn:ebb:error:${code}`,
      title,
      status,
      detail: message,
      code,
      message,
      ...(transaction === undefined ? {} : { transaction }),
    };
    this.retryAfterS = retryAfterS;
  }
}

/** What anything thrown while a request is served is answered with; never more than that. null: our own mistake. */
export function problemOf(error: unknown): HttpProblem | null {
  if (error instanceof HttpProblem) return error;
  if (error instanceof RefusedError) return new HttpProblem(error.code, error.message);
  if (isEbbError(error) || !(error instanceof Error)) return null;
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
  if (status < 400 || status >= 500) return null;
  // The framework's own refusals: a body that is no JSON, too large, of a type not taken, too many of them.
  if (status === 404) return notFound();
  const code = status === 429 ? 'too_many_requests' : 'bad_request';
  const phrase = STATUS_CODES[status] ?? 'not accepted';
  return new HttpProblem(code, `${phrase}: ${error.message}`, { status });
}

export function internalProblem(): HttpProblem {
  const message =
    'internal error: this request failed, and nothing was done; the controller goes on, and stop works anyway';
  return new HttpProblem('invariant', message, { title: 'This request failed.' });
}

export function loginNeeded(): HttpProblem {
  return new HttpProblem('login_needed', 'the password is needed first: POST /api/v1/login {"password": …}');
}

export function notFound(): HttpProblem {
  return new HttpProblem(
    'not_found',
    'there is nothing at this address; /api/v1/openapi.json lists what there is',
  );
}
