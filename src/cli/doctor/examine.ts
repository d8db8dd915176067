import { broker } from './checks/broker.ts';
import { ceilings } from './checks/ceilings.ts';
import { cues } from './checks/cues.ts';
import { clockCheck } from './checks/clock.ts';
import { disk } from './checks/disk.ts';
import { leases } from './checks/leases.ts';
import { present } from './checks/present.ts';
import { thermometers } from './checks/thermometers.ts';
import type { Finding } from './finding.ts';
import type { Check, Patient } from './patient.ts';

/** What a session needs, in the order in which it is looked at: what closes by itself before anything is opened. */
const CHECKS: readonly Check[] = [broker, present, ceilings, leases, thermometers, cues, clockCheck, disk];

/** Looks at everything, one thing after the other; ends early where the bench was stopped. Each line is told at once. */
export async function examine(
  patient: Patient,
  tell: (finding: Finding) => void,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const check of CHECKS) {
    if (patient.bench.stopped !== null) break;
    await check.run(patient, (told) => {
      const finding = { check: check.name, ...told };
      findings.push(finding);
      tell(finding);
    });
  }
  return findings;
}
