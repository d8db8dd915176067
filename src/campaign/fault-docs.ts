import { FAULT_CLASSES, FAULTS } from '../../firmware-sim/faults/index.ts';
import type { FaultClass } from '../../firmware-sim/faults/index.ts';

const CLASS_TEXT: Readonly<Record<FaultClass, string>> = {
  valve: 'A valve, its relay, or the device that the relay is in.',
  sensor: 'A thermometer. What the others say goes on.',
  sense: 'What else a station feels: flow meter, leak sensor, mat, level, float.',
  supply: 'The water that comes into the house.',
  bus: 'Between the controller and the broker.',
  port: 'A serial port and its board. Only stations that have one are broken so.',
  time: "The clock of the controller's computer.",
  process: "The controller's process and its disk.",
  person: 'Whoever is at the bath, and whoever else can reach it.',
};

/** docs/faults.md, from the catalogue. */
export function generateFaultDocs(): string {
  const sections = FAULT_CLASSES.map((kind) => {
    const rows = FAULTS.filter((fault) => fault.class === kind).map(({ id, doc }) => `- \`${id}\`: ${doc}`);
    return `## ${kind}\n\n${CLASS_TEXT[kind]}\n\n${rows.join('\n')}\n`;
  });
  return `# What \`ebb sim\` breaks

Made from \`firmware-sim/faults\` by \`npm run generate\`. ${FAULTS.length} faults in ${FAULT_CLASSES.length} classes. \`ebb sim --faults NAME,NAME\` gives each session one of those, and often more. Each is drawn with figures of its own (how much, how late, how long) from the seed, begins at a moment of the session, and stays or heals. All of them are injected from outside: hardware, water, wires, the computer, people. Nothing in the controller knows of them.

${sections.join('\n')}`;
}
