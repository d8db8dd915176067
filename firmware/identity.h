// Another number at each start, so that a host sees that the board began anew and all its valves are shut.
#pragma once
#include <stdint.h>

void identity_setup();
uint32_t boot_id();
