// Who hangs on which pin (names as printed on an Arduino Uno). Masks are code constants: on AVR a const array would sit
// in RAM, where a flipped bit could turn "shut" into "open".
#pragma once
#include <avr/io.h>

constexpr uint8_t PIN_BUTTON = _BV(PD2);   // D2, to ground, pulled up inside
constexpr uint8_t PIN_PROBE = _BV(PD3);    // D3, DS18B20, 4k7 to 5 V
constexpr uint8_t PIN_VALVE_1 = _BV(PD4);  // D4 hot
constexpr uint8_t PIN_VALVE_2 = _BV(PD5);  // D5 cold
constexpr uint8_t PIN_VALVE_3 = _BV(PD6);  // D6 master
constexpr uint8_t PIN_VALVE_4 = _BV(PD7);  // D7 aux
constexpr uint8_t PINS_VALVES = PIN_VALVE_1 | PIN_VALVE_2 | PIN_VALVE_3 | PIN_VALVE_4;
constexpr uint8_t PIN_BUZZER = _BV(PB1);   // D9, OC1A
constexpr uint8_t PIN_LIGHT = _BV(PB5);    // D13
// A0 is the thermistor: 10k B3950 to 5 V, 10k to ground. A1 floats; its noise goes into the boot id.
constexpr uint8_t ADC_THERMISTOR = 0;
constexpr uint8_t ADC_NOISE = 1;
