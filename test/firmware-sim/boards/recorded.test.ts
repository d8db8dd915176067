// If this fails, the driver of the valve board is tested against lines that no board says.
import { avrBody } from './body.ts';
import { recordedRows } from './recorded.ts';

recordedRows('its firmware in the emulator', avrBody);
