// Over-temperature and a broken thermistor shut hot water without the host.
#pragma once
#include <stdint.h>

// No reading.
constexpr int16_t NO_TEMPERATURE = INT16_MIN;

void thermal_tick();
// A sound look was had since the start.
bool thermal_known();
// Hundredths of a degree Celsius; NO_TEMPERATURE when the thermistor is broken.
int16_t thermistor_centi_c();
uint8_t thermistor_age_ms();
// Cool enough, and everything reads that has ever read.
bool cool();
bool senses_sound();

// Shuts hot, latches, and keeps what was read for `!trip`.
void trip_hot(int16_t centi_c);
void trip_sensor();
enum class Trip : uint8_t { none, hot, sensor };
Trip trip_pending();
int16_t trip_centi_c();
void trip_told();

// One conversion, waited for: before the first tick only, for the boot id.
uint16_t adc_noise();
