// Lines: `@<seq> VERB args*HHHH` in, `@<seq> ok ...*HHHH` and `!event ...*HHHH` out (docs/board-protocol.md).
#pragma once
#include <avr/pgmspace.h>
#include <stdint.h>

// With its LF. What the board says may be longer than what it hears.
constexpr uint8_t MOST_HEARD = 96;
constexpr uint8_t MOST_TOLD = 160;

// Takes what was heard, line by line.
void protocol_poll();
// Each millisecond, in the main loop: complaints are told no more often than every 100 ms.
void protocol_step();

// One message under construction.
void say_begin(char first);
void say_P(const char *text);
void say_number(uint32_t value);
void say_hex(uint32_t value);
// Hundredths of a degree as degrees, or "na".
void say_centi(int16_t centi);
// With checksum and LF; false if the line is full just now, and then nothing was said.
bool say_end();

#define say(text) say_P(PSTR(text))
