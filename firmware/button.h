// The button at the bath: told to the host, and a stop of its own.
#pragma once
#include <stdint.h>

void button_tick();
bool button_down();
// Down for so long that it is held, or stuck: nothing opens.
bool button_held();

enum class Edge : uint8_t { none, down, up };
Edge button_edge();
void button_told();
// A stop by the button or by the byte 0x18 that is not yet told.
enum class Stopper : uint8_t { none, host, button };
void stop_by(Stopper who);
Stopper stop_pending();
void stop_told();
