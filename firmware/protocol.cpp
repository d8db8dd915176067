#include "protocol.h"

#include <stdlib.h>
#include <string.h>
#include <util/crc16.h>

#include "commands.h"
#include "thermal.h"
#include "uart.h"

constexpr uint8_t COMPLAINT_MS = 100;
constexpr uint16_t MOST_SEQ = 9999;

static char line[MOST_HEARD];
static uint8_t length;
static bool too_long;
static uint8_t quiet_ms;

static char out[MOST_TOLD];
static uint8_t out_length;

// CRC-16/CCITT-FALSE: polynomial 1021, from FFFF, neither reflected nor inverted.
static uint16_t crc16(const char *bytes, uint8_t count) {
  uint16_t crc = 0xffff;
  for (uint8_t i = 0; i < count; i++) crc = _crc_xmodem_update(crc, bytes[i]);
  return crc;
}

// The last 7 bytes are kept for "*HHHH\n".
static void put(char byte) {
  if (out_length < MOST_TOLD - 7) out[out_length++] = byte;
}

void say_begin(char first) {
  out_length = 0;
  put(first);
}

void say_P(const char *text) {
  for (char byte; (byte = pgm_read_byte(text)); text++) put(byte);
}

void say_number(uint32_t value) {
  char digits[11];
  ultoa(value, digits, 10);
  for (const char *at = digits; *at; at++) put(*at);
}

static char hex_digit(uint8_t nibble) { return nibble < 10 ? '0' + nibble : 'a' + nibble - 10; }

void say_hex(uint32_t value) {
  for (int8_t shift = 28; shift >= 0; shift -= 4) put(hex_digit(value >> shift & 15));
}

void say_centi(int16_t centi) {
  if (centi == NO_TEMPERATURE) return say("na");
  uint16_t size = centi;
  if (centi < 0) {
    put('-');
    size = -centi;
  }
  say_number(size / 100);
  put('.');
  put('0' + size / 10 % 10);
  put('0' + size % 10);
}

bool say_end() {
  const uint16_t crc = crc16(out, out_length);
  out[out_length++] = '*';
  for (int8_t shift = 12; shift >= 0; shift -= 4) {
    const char digit = hex_digit(crc >> shift & 15);
    out[out_length++] = digit >= 'a' ? digit - 'a' + 'A' : digit;
  }
  out[out_length++] = '\n';
  return uart_write(out, out_length);
}

static void complain(const char *what) {
  if (quiet_ms > 0) return;
  quiet_ms = COMPLAINT_MS;
  say_begin('!');
  say("bad ");
  say_P(what);
  say_end();
}

static int8_t hex_value(char byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
  if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
  return -1;
}

enum class Check : uint8_t { right, form, wrong };

// Cuts the checksum off.
static Check check() {
  if (length < 6 || line[length - 5] != '*') return Check::form;
  uint16_t told = 0;
  for (uint8_t i = length - 4; i < length; i++) {
    const int8_t digit = hex_value(line[i]);
    if (digit < 0) return Check::form;
    told = told << 4 | digit;
  }
  length -= 5;
  line[length] = 0;
#ifdef MUTANT_NO_CRC
  return Check::right;
#else
  return crc16(line, length) == told ? Check::right : Check::wrong;
#endif
}

// `@<seq> `, one to four digits; null if it is not there.
static char *sequence(uint16_t &seq) {
  if (line[0] != '@') return nullptr;
  char *at = line + 1;
  seq = 0;
  while (*at >= '0' && *at <= '9' && at - line <= 4) seq = seq * 10 + (*at++ - '0');
  return at > line + 1 && *at == ' ' ? at + 1 : nullptr;
}

static void take() {
  if (length > 0 && line[length - 1] == '\r') length--;
  if (length == 0) return;
  if (memchr(line, 0, length)) return complain(PSTR("form"));
  switch (check()) {
    case Check::form:
      return complain(PSTR("form"));
    case Check::wrong:
      return complain(PSTR("crc"));
    case Check::right: {
      uint16_t seq;
      char *words = sequence(seq);
      if (words) command(seq, words); else complain(PSTR("form"));
    }
  }
}

static void forget() {
  length = 0;
  too_long = false;
}

void protocol_poll() {
  for (int16_t byte; (byte = uart_read()) >= 0;) {
    if (byte == STOP_BYTE) {
      forget();
    } else if (byte == '\n') {
      if (too_long) complain(PSTR("long")); else take();
      forget();
    } else if (length < MOST_HEARD - 1) {
      line[length++] = byte;
    } else {
      too_long = true;
    }
  }
}

void protocol_step() {
  if (quiet_ms > 0) quiet_ms--;
}
