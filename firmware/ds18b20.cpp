#include "ds18b20.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/atomic.h>
#include <util/delay.h>

#include "limits.h"
#include "pins.h"
#include "thermal.h"

constexpr uint8_t SKIP_ROM = 0xcc;
constexpr uint8_t CONVERT = 0x44;
constexpr uint8_t READ_SCRATCHPAD = 0xbe;
constexpr uint8_t SCRATCHPAD_BYTES = 9;
// What it answers when it lost its power in the middle: not a temperature.
constexpr int16_t POWER_ON_RAW = 85 * 16;

enum class Phase : uint8_t { reset, presence, command, convert, read, rest };

static Phase phase;
static bool reading;     // the second half: what was converted is fetched
static uint8_t bit_at;   // of the command, or of the scratchpad
static uint16_t wait_ms;
static uint8_t scratchpad[SCRATCHPAD_BYTES];

static volatile int16_t centi_c = NO_TEMPERATURE;
static volatile uint16_t age_ms;
static uint16_t running_ms;  // since the conversion under way began
static volatile bool answered;
static volatile bool lost_now;
static uint8_t missing;
static uint8_t hot_answers;

static void pull() { DDRD |= PIN_PROBE; }
static void release() { DDRD &= ~PIN_PROBE; }
static bool wire() { return PIND & PIN_PROBE; }

static void write_bit(bool bit) {
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    pull();
    if (bit) _delay_us(6); else _delay_us(62);
    release();
  }
}

static bool read_bit() {
  bool bit;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    pull();
    _delay_us(2);
    release();
    _delay_us(9);
    bit = wire();
  }
  return bit;
}

static bool present() {
  bool seen;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    release();
    _delay_us(70);
    seen = !wire();
  }
  return seen;
}

static uint8_t crc8(const uint8_t *bytes, uint8_t count) {
  uint8_t crc = 0;
  for (uint8_t i = 0; i < count; i++) {
    crc ^= bytes[i];
    for (uint8_t bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8c : crc >> 1;
  }
  return crc;
}

static void again(Phase next) {
  phase = next;
  bit_at = 0;
}

// One that never answered is no fault: the board may have none.
static void no_answer() {
  hot_answers = 0;
  if (missing < PROBE_LOST_ANSWERS) missing++;
  if (missing >= PROBE_LOST_ANSWERS) {
    centi_c = NO_TEMPERATURE;
    if (answered) {
      lost_now = true;
#ifndef MUTANT_NO_PROBE
      trip_sensor();
#endif
    }
  }
  wait_ms = PROBE_CONVERT_MS;
  again(Phase::rest);
}

static void answer() {
  const int16_t raw = static_cast<int16_t>(scratchpad[0] | scratchpad[1] << 8);
  bool zeros = true;
  for (uint8_t i = 0; i < SCRATCHPAD_BYTES; i++) zeros = zeros && scratchpad[i] == 0;
  // A wire held low reads as zeros, whose checksum is right.
  if (zeros || crc8(scratchpad, 8) != scratchpad[8] || raw == POWER_ON_RAW) return no_answer();
  const int16_t value = static_cast<int16_t>(static_cast<int32_t>(raw) * 25 / 4);
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    centi_c = value;
    age_ms = running_ms;
  }
  answered = true;
  lost_now = false;
  missing = 0;
  hot_answers = value >= static_cast<int16_t>(HOT_CENTI_C) ? hot_answers + 1 : 0;
  if (hot_answers >= PROBE_HOT_ANSWERS) {
    hot_answers = 0;
#ifndef MUTANT_NO_PROBE
    trip_hot(value);
#endif
  }
  reading = false;
  again(Phase::reset);
}

static void step_command() {
  const uint8_t second = reading ? READ_SCRATCHPAD : CONVERT;
  const uint8_t byte = bit_at < 8 ? SKIP_ROM : second;
  write_bit(byte >> (bit_at & 7) & 1);
  if (++bit_at < 16) return;
  if (!reading) {
    running_ms = 0;
    wait_ms = PROBE_CONVERT_MS;
  }
  again(reading ? Phase::read : Phase::convert);
}

static void step_read() {
  const uint8_t at = bit_at >> 3;
  if (at >= SCRATCHPAD_BYTES) return no_answer();
  const uint8_t mask = 1 << (bit_at & 7);
  if (read_bit()) scratchpad[at] |= mask; else scratchpad[at] &= ~mask;
  if (++bit_at >= SCRATCHPAD_BYTES * 8) answer();
}

void probe_step() {
  if (age_ms < UINT16_MAX) age_ms = age_ms + 1;
  if (running_ms < UINT16_MAX) running_ms++;
  switch (phase) {
    case Phase::reset:
      PORTD &= ~PIN_PROBE;
      pull();
      again(Phase::presence);
      break;
    case Phase::presence:
      if (present()) again(Phase::command); else no_answer();
      break;
    case Phase::command:
      step_command();
      break;
    case Phase::convert:
    case Phase::rest:
      if (wait_ms > 0) {
        wait_ms--;
        break;
      }
      reading = phase == Phase::convert;
      again(Phase::reset);
      break;
    case Phase::read:
      step_read();
      break;
    default:
      no_answer();
  }
}

int16_t probe_centi_c() { return centi_c; }
uint16_t probe_age_ms() { return age_ms; }
bool probe_lost() { return lost_now; }
