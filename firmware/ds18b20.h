// A DS18B20 on one wire, externally powered, read without the host: one slot a millisecond, so that nothing waits.
#pragma once
#include <stdint.h>

// Once a millisecond, in the main loop.
void probe_step();
// Hundredths of a degree Celsius; NO_TEMPERATURE while there is none.
int16_t probe_centi_c();
// Since the conversion began.
uint16_t probe_age_ms();
// It answered once, and does not any more.
bool probe_lost();
