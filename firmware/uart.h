// The serial line: 115200 8N1, both ways through rings, nothing ever waits for it.
#pragma once
#include <stdint.h>

// STOP, wherever it stands.
constexpr uint8_t STOP_BYTE = 0x18;

void uart_setup();
// The next byte heard, or -1. STOP_BYTE has already stopped everything and comes here to end the line it stands in.
int16_t uart_read();
// A whole message, or nothing of it: false if there is no room now.
bool uart_write(const char *bytes, uint8_t count);
