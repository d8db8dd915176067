#include "watchdog.h"

#include <avr/interrupt.h>
#include <avr/pgmspace.h>
#include <avr/wdt.h>
#include <util/atomic.h>

#include "pins.h"

// Not cleared at the start: written before anything else runs.
static uint8_t cause __attribute__((section(".noinit")));

// The first instructions after a reset, before RAM is set up: outputs low, and the watchdog running. It has to be set
// anew here at once, since after a watchdog reset it runs on with its shortest time.
extern "C" void first() __attribute__((naked, used, section(".init3")));
extern "C" void first() {
  PORTD = PIN_BUTTON;
  DDRD = PINS_VALVES;
  PORTB = 0;
  DDRB = PIN_BUZZER | PIN_LIGHT;
  cause = MCUSR;
  MCUSR = 0;
#ifndef MUTANT_NO_WATCHDOG
  wdt_enable(WDTO_60MS);
#else
  wdt_disable();
#endif
}

void watchdog_feed() {
#ifdef MUTANT_FED_BY_ANYONE
  wdt_reset();
#else
  if (GPIOR0 != ALIVE_ALL) return;
  wdt_reset();
  GPIOR0 = 0;
#endif
}

bool reset_by_watchdog() { return cause & _BV(WDRF) && !(cause & _BV(PORF)); }

// A bootloader may have taken the flags away: then it is called a power-on.
const char *reset_cause() {
  if (cause & _BV(PORF)) return PSTR("power");
  if (cause & _BV(WDRF)) return PSTR("wdt");
  if (cause & _BV(BORF)) return PSTR("brown");
  if (cause & _BV(EXTRF)) return PSTR("ext");
  return PSTR("power");
}
