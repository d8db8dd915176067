// What the board enforces, whatever the host says. These numbers are written down here a second time on purpose:
// machines/envelope-hash.ts has them as BOARD_LIMITS, and a test compares both ways. Milliseconds; hundredths of a
// degree Celsius.
#pragma once
#include <stdint.h>

constexpr uint8_t VALVES = 4;
// The longest that one OPEN may ask for.
constexpr uint16_t MAX_LEASE_MS = 30000;
// So long without a valid request, and everything is off.
constexpr uint16_t LINK_LEASE_MS = 3000;
// Between one side of the outlet off and the other on.
constexpr uint16_t BREAK_BEFORE_MAKE_MS = 500;
// Hot and cold run no longer than this without a break, however often they are renewed: a soak of 20 minutes and a
// purge of 5; a cold step of 1 minute and a purge of 5. A shorter break than RUN_BREAK_MS is none.
constexpr uint32_t HOT_RUN_MS = 1500000;
constexpr uint32_t COLD_RUN_MS = 360000;
constexpr uint16_t RUN_BREAK_MS = 10000;
// From here on hot shuts and stays shut; CLEAR is taken below the second.
constexpr uint16_t HOT_CENTI_C = 4300;
constexpr uint16_t HOT_CLEAR_CENTI_C = 4200;
// The thermistor: a sample each, a look each, and so many looks running until it counts.
constexpr uint8_t SAMPLE_MS = 8;
constexpr uint8_t LOOK_MS = 10;
constexpr uint8_t LOOKS = 2;
// The DS18B20: so many hot answers running trip, so many missing ones running are a broken sensor.
constexpr uint16_t PROBE_CONVERT_MS = 750;
constexpr uint8_t PROBE_HOT_ANSWERS = 2;
constexpr uint8_t PROBE_LOST_ANSWERS = 3;
// Nominal; the chip's own oscillator makes it 64 ms, give or take.
constexpr uint8_t WATCHDOG_MS = 60;
// The button: until a press or a release is told, and from when on it counts as held.
constexpr uint8_t BUTTON_MS = 20;
constexpr uint16_t BUTTON_HELD_MS = 2000;

// CRC-32 of the canonical JSON of BOARD_LIMITS: what HELLO answers, so that a host sees a board with other limits.
#define LIMITS_HASH "e0ec8545"
