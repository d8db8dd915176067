#include "button.h"

#include <avr/io.h>

#include "limits.h"
#include "pins.h"
#include "valves.h"

static volatile uint8_t steady_ms;
static volatile bool down;
static volatile uint16_t down_ms;
static volatile bool touched;
static volatile Edge edge;
static volatile Stopper stopper;

void stop_by(Stopper who) {
  shut_all(Why::stop);
  latch(Latch::stop);
  stopper = who;
}

// The host is told after 20 ms without bouncing, but water does not wait: the first millisecond of a press stops it. A
// press made while all was shut may be what asked for water, so it stops only once it is held.
void button_tick() {
  PORTD |= PIN_BUTTON;
  const bool low = !(PIND & PIN_BUTTON);
#ifndef MUTANT_NO_BUTTON
  if (low && !touched && !down && any_open()) stop_by(Stopper::button);
  if (button_held() && any_open()) stop_by(Stopper::button);
#endif
  touched = low;
  if (!low) {
    down_ms = 0;
  } else if (down_ms < BUTTON_HELD_MS) {
    down_ms = down_ms + 1;
  }
  if (low == down) {
    steady_ms = 0;
    return;
  }
  steady_ms = steady_ms + 1;
  if (steady_ms < BUTTON_MS) return;
  steady_ms = 0;
  down = low;
  edge = low ? Edge::down : Edge::up;
}

bool button_down() { return down; }
bool button_held() { return down_ms >= BUTTON_HELD_MS; }
Edge button_edge() { return edge; }
void button_told() { edge = Edge::none; }
Stopper stop_pending() { return stopper; }
void stop_told() { stopper = Stopper::none; }
