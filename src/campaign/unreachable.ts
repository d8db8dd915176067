/**
 * What no simulation reaches, each with its reason: the only excuses that coverage knows. A test looks that each of
 * them exists. The rows are bounds behind bounds: a whole station never comes to them, since another part of it acts
 * first. What they do is shown by the exploration of each machine (`test/machines/exploration`), which hands every event
 * to every state.
 */
export const UNREACHABLE: Readonly<Record<string, string>> = {
  'session: starting trip 2':
    'of the trips that merely end a session, L8 counts from the first contact and the age of standing water is looked at in contact: before it there is neither',
  'session: held trip 1':
    'of the trips that hold, a silent thermometer trips while water is wanted, and an absent person while contact is permitted: over a pause neither is so, and what trips in the same moment meets `holding`',
  'session: starting.flushing clock 3':
    'an open that is sent and not verified trips T8 within seconds, one that waits for the journal is dropped after 2 s, and one that waits for a reading trips T5: all sooner than the minute that this row waits',
  'session: running.switching clock 2':
    'the same as for the flush: T8, the journal and T5 come first, within the 10 s that this row waits',
  'session: starting.tempering clock 3':
    "the allowances of a basin's own machine, to run empty, to fill and to come into the band, end sooner than all of them together (`prepareMs`)",
  'session: restarting.tempering clock 3': 'as for `starting.tempering clock 3`',

  'T7 water_too_old':
    'water is offered only as long as the rest of the session fits into its 30 min; it takes five pauses of nearly a minute each to outstay that, and nobody who is drawn pauses so often for so long',

  'valve: unknown reported-open 1':
    'a device that speaks is first taken to be there again, which closes its valve, so that its word meets `closing`; only a model that says late that it moves otherwise than its driver thought speaks in `unknown`, and no simulated one does',
};
