// Light and sound: patterns that the board runs by itself, so that they neither freeze nor stutter with the host.
#pragma once
#include <stdint.h>

// `count` times `on_ms` and `off_ms`, then on or off; count 0 is steady, on if `on_ms` is not 0.
void light_pattern(uint16_t on_ms, uint16_t off_ms, uint8_t count, bool then);
// The same for the buzzer, silent afterwards; freq 0 is an active buzzer, which is switched. Count 0 is silence.
void buzzer_pattern(uint16_t freq_hz, uint16_t on_ms, uint16_t off_ms, uint8_t count);
// Once a millisecond, in the main loop.
void cues_step();
