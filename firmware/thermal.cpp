#include "thermal.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/pgmspace.h>
#include <util/atomic.h>

#include "ds18b20.h"
#include "limits.h"
#include "pins.h"
#include "valves.h"
#include "watchdog.h"

// Counts of the converter, of 1024. The divider makes 696 of 42.95 C and 697 of 43.06 C. Below LEAST the thermistor or
// its wire is open (colder than -12 C), above MOST it is shorted (hotter than 104 C).
constexpr uint16_t HOT_COUNT = 696;
constexpr uint16_t LEAST_COUNT = 140;
constexpr uint16_t MOST_COUNT = 960;

// 10k B3950 (25 C) over 10k: hundredths of a degree at each 32nd count, from FIRST_COUNT on.
constexpr uint16_t FIRST_COUNT = 128;
static const int16_t CURVE[] PROGMEM = {
    -1318, -867, -471, -114, 217, 528, 825, 1113, 1393, 1670, 1945, 2221, 2500, 2784,
    3077, 3379, 3696, 4030, 4387, 4772, 5196, 5669, 6211, 6849, 7633, 8661, 10160, 12932,
};

static volatile uint16_t samples[3];
static volatile uint8_t next_sample;
static volatile uint8_t sampled;
static volatile uint8_t since_sample_ms;
static volatile uint8_t since_look_ms;
static volatile uint8_t hot_looks;
static volatile uint8_t broken_looks;
static volatile bool known;
static volatile Trip trip;
static volatile int16_t trip_at;

static void convert(uint8_t channel) {
  ADMUX = _BV(REFS0) | channel;
  ADCSRA = _BV(ADEN) | _BV(ADSC) | _BV(ADIE) | _BV(ADPS2) | _BV(ADPS1) | _BV(ADPS0);
}

uint16_t adc_noise() {
  ADMUX = _BV(REFS0) | ADC_NOISE;
  ADCSRA = _BV(ADEN) | _BV(ADSC) | _BV(ADPS2) | _BV(ADPS1) | _BV(ADPS0);
  while (ADCSRA & _BV(ADSC)) {
  }
  // Its flag is taken back, or the first sample of the thermistor would be this one.
  ADCSRA = _BV(ADEN) | _BV(ADIF);
  return ADC;
}

ISR(ADC_vect) {
  uint8_t at = next_sample;
  if (at > 2) at = 0;
  samples[at] = ADC;
  next_sample = at == 2 ? 0 : at + 1;
  if (sampled < 3) sampled = sampled + 1;
  alive(ALIVE_ADC);
}

// The middle of the last three: a spike of a switching solenoid is not a temperature.
static uint16_t median() {
  uint16_t a, b, c;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    a = samples[0];
    b = samples[1];
    c = samples[2];
  }
  const uint16_t low = a < b ? a : b;
  const uint16_t high = a < b ? b : a;
  return c < low ? low : c > high ? high : c;
}

static bool broken(uint16_t count) { return count < LEAST_COUNT || count > MOST_COUNT; }

static void look() {
  if (sampled < 3) return;
  const uint16_t count = median();
  const bool bad = broken(count);
  broken_looks = bad ? broken_looks + 1 : 0;
  hot_looks = !bad && count >= HOT_COUNT ? hot_looks + 1 : 0;
  if (broken_looks >= LOOKS) {
    broken_looks = 0;
#ifndef MUTANT_NO_SENSOR
    trip_sensor();
#endif
  }
  if (hot_looks >= LOOKS) {
    hot_looks = 0;
#ifndef MUTANT_NO_THERMAL
    trip_hot(thermistor_centi_c());
#endif
  }
  if (!bad) known = true;
}

void thermal_tick() {
  since_sample_ms = since_sample_ms + 1;
  if (since_sample_ms >= SAMPLE_MS) {
    since_sample_ms = 0;
    convert(ADC_THERMISTOR);
  }
  since_look_ms = since_look_ms + 1;
  if (since_look_ms >= LOOK_MS) {
    since_look_ms = 0;
    look();
  }
}

bool thermal_known() { return known; }
uint8_t thermistor_age_ms() { return since_sample_ms + SAMPLE_MS; }

int16_t thermistor_centi_c() {
  const uint16_t count = median();
  if (sampled < 3 || broken(count)) return NO_TEMPERATURE;
  const uint8_t at = (count - FIRST_COUNT) / 32;
  const int16_t low = pgm_read_word(&CURVE[at]);
  const int16_t high = pgm_read_word(&CURVE[at + 1]);
  return low + static_cast<int16_t>(static_cast<int32_t>(high - low) * ((count - FIRST_COUNT) % 32) / 32);
}

bool senses_sound() { return thermistor_centi_c() != NO_TEMPERATURE && !probe_lost(); }

bool cool() {
  const int16_t limit = HOT_CLEAR_CENTI_C;
  const int16_t probe = probe_centi_c();
  return thermistor_centi_c() < limit && (probe == NO_TEMPERATURE || probe < limit);
}

static void trip_for(Trip what, Latch held, Why why, int16_t centi_c) {
  shut(HOT, why);
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    if (!latched(held)) {
      trip = what;
      trip_at = centi_c;
    }
    latch(held);
  }
}

void trip_hot(int16_t centi_c) { trip_for(Trip::hot, Latch::hot, Why::hot, centi_c); }
void trip_sensor() { trip_for(Trip::sensor, Latch::sensor, Why::sensor, NO_TEMPERATURE); }
Trip trip_pending() { return trip; }
int16_t trip_centi_c() { return trip_at; }
void trip_told() { trip = Trip::none; }
