#include "identity.h"

#include <avr/eeprom.h>
#include <util/crc16.h>

#include "thermal.h"
#include "watchdog.h"

static uint32_t id;
// Survives a reset, not a power cut; what it holds after that is noise, and welcome.
static uint32_t previous __attribute__((section(".noinit")));
static uint32_t EEMEM starts;

static void stir(uint16_t word) {
  for (uint8_t bit = 0; bit < 16; bit++) {
    id = id & 1 ? id >> 1 ^ 0xedb88320 : id >> 1;
    if (word & 1) id ^= 0x80000001;
    word >>= 1;
  }
}

void identity_setup() {
  id = previous + 0x9e3779b9;
  uint32_t count = eeprom_read_dword(&starts);
  // A chip that resets by its watchdog again and again must not wear the EEPROM out.
  if (!reset_by_watchdog()) eeprom_update_dword(&starts, ++count);
  stir(count);
  stir(count >> 16);
  for (uint8_t i = 0; i < 16; i++) stir(adc_noise());
  previous = id;
}

uint32_t boot_id() { return id; }
