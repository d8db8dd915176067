import { z } from 'zod';

/** The form of every id (station, device, person, protocol, site): safe in a topic, a path and a file name. */
export const ID_PATTERN = /^[a-z0-9][a-z0-9-]{0,62}$/;

const reserved = new Set(['constructor', 'prototype']);

/** One id. Lower-case letters, digits and dashes, 1 to 63 characters, not starting with a dash. */
export const idSchema = z
  .string()
  .regex(
    ID_PATTERN,
    'an id is 1 to 63 lower-case letters, digits and dashes, and starts with a letter or digit',
  )
  .refine((id) => !reserved.has(id), 'this word is reserved');

export type StationId = string;
export type DeviceId = string;
export type PersonId = string;
export type SessionId = string;
