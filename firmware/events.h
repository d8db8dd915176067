// What the board tells unasked: each event waits until there is room on the line.
#pragma once
#include <stdint.h>

// ` t1=.. t2=..`
void say_temperatures();
// 0 is never.
void telemetry_every(uint16_t ms);
// Each millisecond, in the main loop.
void events_step();
// The first words after a start.
void say_boot();
