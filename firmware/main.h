#pragma once
#include <stdint.h>

// Milliseconds since the start; it begins anew after 49 days.
uint32_t uptime_ms();
