// The last resort: a chip that hangs, or one of whose tasks has died, resets within about 64 ms, and a reset shuts
// everything.
#pragma once
#include <avr/io.h>

// Each task says that it ran. The flags are in an I/O register: one instruction each, nothing in RAM.
constexpr uint8_t ALIVE_TICK = _BV(0);
constexpr uint8_t ALIVE_ADC = _BV(1);
constexpr uint8_t ALIVE_UART = _BV(2);
constexpr uint8_t ALIVE_DEADLINES = _BV(3);
constexpr uint8_t ALIVE_ALL = ALIVE_TICK | ALIVE_ADC | ALIVE_UART | ALIVE_DEADLINES;

#define alive(task) (GPIOR0 |= (task))

// Feeds the watchdog if every task ran since it was last fed.
void watchdog_feed();

// Why the chip started: "power", "ext", "brown" or "wdt", in program memory.
const char *reset_cause();
bool reset_by_watchdog();
