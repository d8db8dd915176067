// What a host may ask for, one function a verb, and what the board tells unasked.
#pragma once
#include <stdint.h>

// Takes one request whose checksum was right; `words` is the verb and its arguments.
void command(uint16_t seq, char *words);
