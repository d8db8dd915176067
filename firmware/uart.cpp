#include "uart.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/atomic.h>

#include "button.h"

constexpr uint8_t HEARD = 128;
constexpr uint16_t TOLD = 256;

static volatile uint8_t heard[HEARD];
static volatile uint8_t heard_in;
static volatile uint8_t heard_out;
static volatile uint8_t told[TOLD];
static volatile uint8_t told_in;
static volatile uint8_t told_out;

void uart_setup() {
  // Twice the speed and 16: 117647 baud, 2.1 % above 115200 and within what both ends allow.
  UBRR0 = 16;
  UCSR0A = _BV(U2X0);
  UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
  UCSR0B = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0);
}

ISR(USART_RX_vect) {
  const uint8_t status = UCSR0A;
  const uint8_t byte = UDR0;
#ifndef MUTANT_NO_STOP_BYTE
  if (byte == STOP_BYTE) stop_by(Stopper::host);
#endif
  // What arrived crippled is kept as a byte that no line may hold, so that its line is refused.
  const uint8_t kept = status & (_BV(FE0) | _BV(DOR0)) ? 0 : byte;
  const uint8_t next = (heard_in + 1) & (HEARD - 1);
  if (next == heard_out) return;
  heard[heard_in & (HEARD - 1)] = kept;
  heard_in = next;
}

int16_t uart_read() {
  const uint8_t at = heard_out & (HEARD - 1);
  if (at == (heard_in & (HEARD - 1))) return -1;
  const uint8_t byte = heard[at];
  heard_out = (at + 1) & (HEARD - 1);
  return byte;
}

ISR(USART_UDRE_vect) {
  if (told_in == told_out) {
    UCSR0B &= ~_BV(UDRIE0);
    return;
  }
  UDR0 = told[told_out];
  told_out = told_out + 1;
}

bool uart_write(const char *bytes, uint8_t count) {
  const uint8_t used = told_in - told_out;
  if (static_cast<uint16_t>(TOLD - 1) - used < count) return false;
  for (uint8_t i = 0; i < count; i++) {
    told[told_in] = bytes[i];
    told_in = told_in + 1;
  }
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { UCSR0B |= _BV(UDRIE0); }
  return true;
}
