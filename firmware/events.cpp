#include "events.h"

#include "button.h"
#include "ds18b20.h"
#include "identity.h"
#include "limits.h"
#include "main.h"
#include "protocol.h"
#include "thermal.h"
#include "valves.h"
#include "watchdog.h"

static uint16_t period_ms;
static uint16_t since_ms;

void say_temperatures() {
  say(" t1=");
  say_centi(thermistor_centi_c());
  say(" t2=");
  say_centi(probe_centi_c());
}

void telemetry_every(uint16_t ms) {
  period_ms = ms;
  since_ms = 0;
}

void say_boot() {
  say_begin('!');
  say("boot boot=");
  say_hex(boot_id());
  say(" reset=");
  say_P(reset_cause());
  say_end();
}

static const char *why_word(Why why) {
  switch (why) {
    case Why::lease: return PSTR("lease");
    case Why::link: return PSTR("link");
    case Why::hot: return PSTR("hot");
    case Why::sensor: return PSTR("sensor");
    case Why::cap: return PSTR("cap");
    default: return PSTR("stop");
  }
}

static void tell_stop() {
  const Stopper who = stop_pending();
  if (who == Stopper::none) return;
  say_begin('!');
  say("stop why=");
  if (who == Stopper::host) say("host"); else say("button");
  if (say_end()) stop_told();
}

static void tell_trip() {
  const Trip trip = trip_pending();
  if (trip == Trip::none) return;
  say_begin('!');
  say("trip why=");
  if (trip == Trip::hot) say("hot"); else say("sensor");
  say(" t=");
  say_centi(trip_centi_c());
  if (say_end()) trip_told();
}

static void tell_closed() {
  for (uint8_t v = 0; v < VALVES; v++) {
    const Why why = closed_why(v);
    if (why == Why::none) continue;
    say_begin('!');
    say("closed v=");
    say_number(v + 1);
    say(" why=");
    say_P(why_word(why));
    if (say_end()) closed_told(v);
  }
}

static void tell_lost() {
  if (!lost_pending()) return;
  say_begin('!');
  say("lost");
  if (say_end()) lost_told();
}

static void tell_button() {
  const Edge edge = button_edge();
  if (edge == Edge::none) return;
  say_begin('!');
  say("btn n=1 ");
  if (edge == Edge::down) say("down"); else say("up");
  if (say_end()) button_told();
}

static void tell_telemetry() {
  if (period_ms == 0) return;
  if (++since_ms < period_ms) return;
  since_ms = 0;
  uint8_t open = 0;
  for (uint8_t v = 0; v < VALVES; v++)
    if (valve_left(v) > 0) open |= 1 << v;
  say_begin('!');
  say("tele");
  say_temperatures();
  say(" v=");
  say_number(open);
  say(" up=");
  say_number(uptime_ms());
  say_end();
}

void events_step() {
  tell_stop();
  tell_trip();
  tell_closed();
  tell_lost();
  tell_button();
  tell_telemetry();
}
