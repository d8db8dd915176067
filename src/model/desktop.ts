import { z } from 'zod';

/**
 * What drivers and the desktop of the computer that the controller runs on tell each other: `desktop:<part>/<device>` is
 * whether that can be used, `desktop:<part>/<device>/do` what is asked of it.
 */
export const DESKTOP_PREFIX = 'desktop:';
export const DESKTOP_PARTS = ['bell', 'notification'] as const;
export type DesktopPart = (typeof DESKTOP_PARTS)[number];

/** `desktop:notification/desk-light/do` */
export const DESKTOP_TOPIC =
  /^desktop:(?<part>bell|notification)\/(?<device>[a-z0-9_-]{1,100})(?<asks>\/do)?$/;

export const desktopNewsSchema = z.union([
  z.object({ up: z.literal(true) }),
  z.object({ up: z.literal(false), why: z.string() }),
]);

export const desktopAskSchema = z.discriminatedUnion('do', [
  z.object({ do: z.literal('ring') }),
  /** Takes the place of what the same device shows already. */
  z.object({ do: z.literal('show'), title: z.string(), text: z.string() }),
  z.object({ do: z.literal('clear') }),
]);
export type DesktopAsk = z.infer<typeof desktopAskSchema>;
