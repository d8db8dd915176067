#include "cues.h"

#include <avr/io.h>

#include "pins.h"

struct Pattern {
  uint16_t on_ms;
  uint16_t off_ms;
  uint16_t left_ms;
  uint8_t count;
  bool on;
  bool then;
};

static Pattern light;
static Pattern buzzer;
static uint16_t tone_hz;

static void light_set(bool on) {
  if (on) PORTB |= PIN_LIGHT; else PORTB &= ~PIN_LIGHT;
}

// Timer 1 toggles OC1A (D9) by itself at twice the frequency; an active buzzer only wants its pin high.
static void buzzer_set(bool on) {
  TCCR1A = 0;
  TCCR1B = 0;
  PORTB &= ~PIN_BUZZER;
  if (!on) return;
  if (tone_hz == 0) {
    PORTB |= PIN_BUZZER;
    return;
  }
  OCR1A = static_cast<uint16_t>(F_CPU / 16 / tone_hz - 1);
  TCNT1 = 0;
  TCCR1A = _BV(COM1A0);
  TCCR1B = _BV(WGM12) | _BV(CS11);
}

static void begin(Pattern &one, uint16_t on_ms, uint16_t off_ms, uint8_t count, bool then) {
  one.on_ms = on_ms;
  one.off_ms = off_ms;
  one.count = count;
  one.then = then;
  one.left_ms = on_ms;
  one.on = count > 0;
}

// True when the output changes.
static bool step(Pattern &one) {
  if (one.count == 0) return false;
  if (one.left_ms > 1) {
    one.left_ms--;
    return false;
  }
  if (one.on) {
    one.on = false;
    one.left_ms = one.off_ms;
    return true;
  }
  one.count--;
  one.on = one.count > 0 || one.then;
  one.left_ms = one.on_ms;
  return one.on;
}

void light_pattern(uint16_t on_ms, uint16_t off_ms, uint8_t count, bool then) {
  begin(light, on_ms, off_ms, count, then);
  light_set(count > 0 || on_ms > 0);
}

void buzzer_pattern(uint16_t freq_hz, uint16_t on_ms, uint16_t off_ms, uint8_t count) {
  tone_hz = freq_hz;
  begin(buzzer, on_ms, off_ms, count, false);
  buzzer_set(count > 0);
}

void cues_step() {
  if (step(light)) light_set(light.on);
  if (step(buzzer)) buzzer_set(buzzer.on);
}
