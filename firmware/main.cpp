// The valve board: four outputs, two thermometers, a button, a light and a buzzer on a serial line
// (docs/board-protocol.md). What shuts the water runs in the timer's interrupt; the main loop only talks. Neither can
// go on without the other: the watchdog is fed after both have run.
#include "main.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <util/atomic.h>

#include "button.h"
#include "cues.h"
#include "ds18b20.h"
#include "events.h"
#include "identity.h"
#include "protocol.h"
#include "thermal.h"
#include "uart.h"
#include "valves.h"
#include "watchdog.h"

static volatile uint32_t up_ms;

ISR(TIMER0_COMPA_vect) {
  up_ms = up_ms + 1;
  alive(ALIVE_TICK);
  thermal_tick();
  button_tick();
  valves_tick();
}

uint32_t uptime_ms() {
  uint32_t now;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { now = up_ms; }
  return now;
}

// 16 MHz / 64 / 250: a millisecond.
static void tick_setup() {
  TCCR0A = _BV(WGM01);
  OCR0A = 249;
  TCCR0B = _BV(CS01) | _BV(CS00);
  TIMSK0 = _BV(OCIE0A);
}

static void each_ms() {
  probe_step();
  cues_step();
  protocol_step();
  events_step();
}

int main() {
  valves_setup();
  identity_setup();
  uart_setup();
  tick_setup();
  set_sleep_mode(SLEEP_MODE_IDLE);
  sei();
  say_boot();
  uint8_t last = 0;
  for (;;) {
    protocol_poll();
    alive(ALIVE_UART);
    const uint8_t now = uptime_ms();
    if (now != last) {
      last = now;
      each_ms();
    }
    watchdog_feed();
    sleep_mode();
  }
}
