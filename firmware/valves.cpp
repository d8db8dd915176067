#include "valves.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/atomic.h>

#include "button.h"
#include "guarded.h"
#include "limits.h"
#include "pins.h"
#include "thermal.h"
#include "watchdog.h"

struct Valve {
  Guarded<uint16_t> left;  // ms until it shuts; 0 is shut
  Guarded<uint16_t> rest;  // ms since it shut, no further than RUN_BREAK_MS
  Guarded<uint32_t> run;   // ms open since the last break
  volatile Why closed;     // not yet told
};

static Valve valves[VALVES];
static Guarded<uint16_t> link_left;
static volatile bool lost;

// A latch is open only while it holds exactly this: whatever else a flipped bit makes of it, it holds.
constexpr uint8_t FREE = 0x5a;
static volatile uint8_t latches[3];

static void drive(uint8_t valve, bool on) {
  // One instruction each (sbi, cbi), so that no interrupt comes between.
  switch (valve) {
    case 0: if (on) PORTD |= PIN_VALVE_1; else PORTD &= ~PIN_VALVE_1; break;
    case 1: if (on) PORTD |= PIN_VALVE_2; else PORTD &= ~PIN_VALVE_2; break;
    case 2: if (on) PORTD |= PIN_VALVE_3; else PORTD &= ~PIN_VALVE_3; break;
    case 3: if (on) PORTD |= PIN_VALVE_4; else PORTD &= ~PIN_VALVE_4; break;
  }
}

// No sound time is as long ago as none at all.
static uint16_t rested(const Valve &valve) { return valve.rest.sound() ? valve.rest.get() : 0; }

static bool is_open(const Valve &valve) { return !valve.left.sound() || valve.left.get() > 0; }

static uint32_t run_limit(uint8_t valve) {
  return valve == HOT ? HOT_RUN_MS : valve == COLD ? COLD_RUN_MS : UINT32_MAX;
}

static bool capped(uint8_t valve) {
  const Valve &one = valves[valve];
  return !one.run.sound() || one.run.get() >= run_limit(valve);
}

void valves_setup() {
  for (uint8_t v = 0; v < VALVES; v++) {
    valves[v].left.set(0);
    valves[v].rest.set(0);
    valves[v].run.set(0);
    valves[v].closed = Why::none;
  }
  link_left.set(0);
  for (uint8_t i = 0; i < 3; i++) latches[i] = FREE;
}

void shut(uint8_t valve, Why why) {
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    drive(valve, false);
    Valve &one = valves[valve];
    if (is_open(one)) {
      one.rest.set(0);
      one.closed = why;
    }
    one.left.set(0);
  }
}

void shut_all(Why why) {
  for (uint8_t v = 0; v < VALVES; v++) shut(v, why);
}

static void tick_open(uint8_t valve, Valve &one) {
  const uint16_t left = one.left.get() - 1;
#ifndef MUTANT_NO_LEASE
  if (left == 0) return shut(valve, Why::lease);
  one.left.set(left);
#endif
#ifndef MUTANT_NO_CAP
  if (valve > COLD) return;
  if (!one.run.sound()) return shut(valve, Why::cap);
  one.run.set(one.run.get() + 1);
  if (capped(valve)) shut(valve, Why::cap);
#endif
}

static void tick_shut(uint8_t valve, Valve &one) {
  // Written anew each time: a pin that flipped is low again within a millisecond.
  drive(valve, false);
  const uint16_t rest = rested(one);
  if (rest < RUN_BREAK_MS) {
    one.rest.set(rest + 1);
  } else {
    one.run.set(0);
  }
}

static void tick_link() {
  if (!link_left.sound()) {
    link_left.set(1);
  }
  const uint16_t left = link_left.get();
  if (left == 0) return;
  link_left.set(left - 1);
#ifndef MUTANT_NO_LINK
  if (left > 1) return;
  shut_all(Why::link);
  lost = true;
#endif
}

void valves_tick() {
  DDRD = (DDRD & PIN_PROBE) | PINS_VALVES;
  for (uint8_t v = 0; v < VALVES; v++) {
    Valve &one = valves[v];
#ifndef MUTANT_UNGUARDED
    if (!one.left.sound()) shut(v, Why::lease);
#endif
    if (one.left.get() > 0) {
      tick_open(v, one);
    } else {
      tick_shut(v, one);
    }
  }
  // Never both, even if something above were wrong.
  if (valves[HOT].left.get() > 0 && valves[COLD].left.get() > 0) {
    shut(HOT, Why::stop);
    shut(COLD, Why::stop);
  }
  tick_link();
  alive(ALIVE_DEADLINES);
}

static Verdict may_open(uint8_t valve) {
  if (latched(Latch::stop) || button_held()) return Verdict::stop;
  if (valve == HOT) {
    if (latched(Latch::hot)) return Verdict::hot;
    if (latched(Latch::sensor) || !thermal_known()) return Verdict::sensor;
  }
  if (valve > COLD) return Verdict::ok;
#ifndef MUTANT_NO_CAP
  if (capped(valve)) return Verdict::cap;
#endif
#ifndef MUTANT_NO_INTERLOCK
  const Valve &other = valves[valve == HOT ? COLD : HOT];
  if (is_open(other)) return Verdict::interlock;
#ifndef MUTANT_NO_BREAK
  if (rested(other) < BREAK_BEFORE_MAKE_MS) return Verdict::interlock;
#endif
#endif
  return Verdict::ok;
}

Verdict valve_open(uint8_t valve, uint16_t ms) {
  Verdict verdict;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    verdict = may_open(valve);
    if (verdict == Verdict::ok) {
      // The tick that is under way counts as a whole one: never longer than asked for, up to 1 ms shorter.
      valves[valve].left.set(ms);
      drive(valve, true);
    }
  }
  return verdict;
}

void valve_close(uint8_t valve) {
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    const Why before = valves[valve].closed;
    shut(valve, Why::none);
    valves[valve].closed = before;
  }
}

uint16_t valve_left(uint8_t valve) {
  uint16_t left;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { left = valves[valve].left.get(); }
  return left;
}

bool any_open() {
  for (uint8_t v = 0; v < VALVES; v++)
    if (is_open(valves[v])) return true;
  return false;
}

bool any_capped() { return capped(HOT) || capped(COLD); }

void latch(Latch what) { latches[static_cast<uint8_t>(what)] = 0; }
void unlatch(Latch what) { latches[static_cast<uint8_t>(what)] = FREE; }
bool latched(Latch what) { return latches[static_cast<uint8_t>(what)] != FREE; }

void link_renew() {
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { link_left.set(LINK_LEASE_MS); }
}

Why closed_why(uint8_t valve) { return valves[valve].closed; }
void closed_told(uint8_t valve) { valves[valve].closed = Why::none; }
bool lost_pending() { return lost; }
void lost_told() { lost = false; }
