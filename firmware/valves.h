// The four outputs, and everything that shuts them without the host: leases, link, interlock, run caps, latches.
#pragma once
#include <stdint.h>

constexpr uint8_t HOT = 0;
constexpr uint8_t COLD = 1;

// Why a valve was shut without being asked to: the words of `!closed`.
enum class Why : uint8_t { none, lease, link, hot, sensor, cap, stop };
// What OPEN answers.
enum class Verdict : uint8_t { ok, stop, hot, sensor, cap, interlock };
// What holds until CLEAR.
enum class Latch : uint8_t { stop, hot, sensor };

void valves_setup();
// Each millisecond, in the interrupt of the timer.
void valves_tick();

Verdict valve_open(uint8_t valve, uint16_t ms);
void valve_close(uint8_t valve);
uint16_t valve_left(uint8_t valve);
bool any_open();
bool any_capped();

// Safe from interrupts and from the main loop.
void shut(uint8_t valve, Why why);
void shut_all(Why why);
void latch(Latch what);
void unlatch(Latch what);
bool latched(Latch what);

// A valid request was heard.
void link_renew();

// Events that wait to be told.
Why closed_why(uint8_t valve);
void closed_told(uint8_t valve);
bool lost_pending();
void lost_told();
