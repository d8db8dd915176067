#include "commands.h"

#include <string.h>

#include "button.h"
#include "cues.h"
#include "ds18b20.h"
#include "events.h"
#include "identity.h"
#include "limits.h"
#include "main.h"
#include "protocol.h"
#include "thermal.h"
#include "valves.h"
#include "watchdog.h"

constexpr uint8_t MOST_ARGS = 5;
constexpr uint16_t MOST_PATTERN_MS = 60000;

struct Args {
  uint8_t count;
  char *text[MOST_ARGS];
};

static uint16_t seq_now;

static void ok() {
  say_begin('@');
  say_number(seq_now);
  say(" ok");
}

static void refuse_P(const char *text) {
  say_begin('@');
  say_number(seq_now);
  say(" err ");
  say_P(text);
  say_end();
}
#define refuse(text) refuse_P(PSTR(text))

static void form() { refuse("form a word too many, too few or unknown"); }
static void range() { refuse("range out of range"); }

// Only digits, at most five of them: -1 is no number.
static int32_t number(const char *text) {
  int32_t value = 0;
  uint8_t digits = 0;
  for (; *text; text++) {
    if (*text < '0' || *text > '9' || ++digits > 5) return -1;
    value = value * 10 + (*text - '0');
  }
  return digits ? value : -1;
}

// All arguments from `from` on as numbers; false if one is none.
static bool numbers(const Args &args, int32_t *values, uint8_t from, uint8_t count) {
  for (uint8_t i = 0; i < count; i++)
    if ((values[i] = number(args.text[from + i])) < 0) return false;
  return true;
}

static void key_P(const char *name, uint32_t value) {
  say_P(name);
  say_number(value);
}
#define key(name, value) key_P(PSTR(" " name "="), value)

static void hello(const Args &) {
  ok();
  say(" proto=1 fw=1.0 boot=");
  say_hex(boot_id());
  key("valves", VALVES);
  key("maxms", MAX_LEASE_MS);
  say(" limits=" LIMITS_HASH " reset=");
  say_P(reset_cause());
  say(" lights=1 buzzers=1 temps=2 buttons=1");
  say_end();
}

static void refused(Verdict verdict) {
  switch (verdict) {
    case Verdict::stop: return refuse("stop stopped, or the button is held");
    case Verdict::hot: return refuse("hot too hot, waits for CLEAR");
    case Verdict::sensor: return refuse("sensor no sound thermometer");
    case Verdict::cap: return refuse("cap ran too long, rest 10 s");
    case Verdict::interlock: return refuse("interlock the other side is open or just was");
    case Verdict::ok: break;
  }
}

// A token, once sent, may not go back: a host that was replaced cannot open any more.
static int32_t last_token = -1;

static void open(const Args &args) {
  int32_t values[3];
  if (args.count < 2 || args.count > 3) return form();
  if (!numbers(args, values, 0, args.count)) return form();
  if (values[0] < 1 || values[0] > VALVES || values[1] < 1) return range();
#ifndef MUTANT_NO_MAX
  if (values[1] > static_cast<int32_t>(MAX_LEASE_MS)) return range();
#endif
  if (args.count == 3) {
    if (values[2] > UINT16_MAX) return range();
    if (values[2] < last_token) return refuse("token older than the last");
    last_token = values[2];
  }
  const Verdict verdict = valve_open(values[0] - 1, values[1]);
  if (verdict != Verdict::ok) return refused(verdict);
  ok();
  key("v", values[0]);
  key("ms", values[1]);
  say_end();
}

static void close(const Args &args) {
  if (args.count != 1) return form();
  const bool all = !strcmp_P(args.text[0], PSTR("ALL"));
  const int32_t valve = number(args.text[0]);
  if (!all && (valve < 1 || valve > VALVES)) return range();
  for (uint8_t v = 0; v < VALVES; v++)
    if (all || v == valve - 1) valve_close(v);
  ok();
  say(" v=");
  if (all) say("ALL"); else say_number(valve);
  say_end();
}

static void beat(const Args &) {
  ok();
  key("up", uptime_ms());
  say_end();
}

static void stat(const Args &) {
  ok();
  for (uint8_t v = 0; v < VALVES; v++) {
    say(" v");
    say_number(v + 1);
    say("=");
    say_number(valve_left(v));
  }
  key("stop", latched(Latch::stop));
  key("hot", latched(Latch::hot));
  key("sensor", latched(Latch::sensor));
  key("cap", any_capped());
  key("btn", button_down());
  say_end();
}

static void temp(const Args &) {
  ok();
  say_temperatures();
  key("a1", thermistor_age_ms());
  key("a2", probe_age_ms());
  say_end();
}

static void tele(const Args &args) {
  if (args.count != 1) return form();
  const int32_t ms = number(args.text[0]);
  if (ms < 0 || (ms > 0 && ms < 250) || ms > 10000) return range();
  telemetry_every(ms);
  ok();
  key("ms", ms);
  say_end();
}

// A pattern that blinks has both times.
static bool pattern(int32_t on, int32_t off, int32_t count) {
  if (on > MOST_PATTERN_MS || off > MOST_PATTERN_MS || count > 255) return false;
  return count == 0 || (on > 0 && off > 0);
}

static void led(const Args &args) {
  int32_t values[5];
  if (args.count != 5 || !numbers(args, values, 0, 5)) return form();
  if (values[0] != 1 || values[4] > 1 || !pattern(values[1], values[2], values[3])) return range();
  light_pattern(values[1], values[2], values[3], values[4]);
  ok();
  key("n", values[0]);
  say_end();
}

static void buzz(const Args &args) {
  int32_t values[4];
  if (args.count != 4 || !numbers(args, values, 0, 4)) return form();
  const bool audible = values[0] == 0 || (values[0] >= 100 && values[0] <= 10000);
  if (!audible || !pattern(values[1], values[2], values[3])) return range();
  buzzer_pattern(values[0], values[1], values[2], values[3]);
  ok();
  say_end();
}

static void clear(const Args &) {
  if (button_down()) return refuse("stop the button is down");
#ifndef MUTANT_CLEAR_HOT
  if (latched(Latch::sensor) && !senses_sound()) return refuse("sensor still without a thermometer");
  if (latched(Latch::hot) && !cool()) return refuse("hot still warm");
#endif
  unlatch(Latch::stop);
  unlatch(Latch::hot);
  unlatch(Latch::sensor);
  ok();
  say_end();
}

struct Verb {
  char name[6];
  bool bare;  // takes no arguments
  void (*run)(const Args &);
};

static const Verb VERBS[] PROGMEM = {
    {"HELLO", true, hello}, {"OPEN", false, open}, {"CLOSE", false, close}, {"BEAT", true, beat},
    {"STAT", true, stat},   {"TEMP", true, temp},  {"TELE", false, tele},   {"LED", false, led},
    {"BUZZ", false, buzz},  {"CLEAR", true, clear},
};

// Cuts at single spaces; false if there are too many words or an empty one.
static bool split(char *words, Args &args) {
  args.count = 0;
  for (char *at = strchr(words, ' '); at; at = strchr(at, ' ')) {
    *at++ = 0;
    if (args.count == MOST_ARGS || *at == 0 || *at == ' ') return false;
    args.text[args.count++] = at;
  }
  return true;
}

void command(uint16_t seq, char *words) {
  Args args;
  seq_now = seq;
  if (!split(words, args)) return form();
  for (uint8_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++) {
    Verb verb;
    memcpy_P(&verb, &VERBS[i], sizeof verb);
    if (strcmp(words, verb.name)) continue;
    // Even one that is refused shows that the host lives.
    link_renew();
    if (verb.bare && args.count > 0) return form();
    return verb.run(args);
  }
  form();
}
