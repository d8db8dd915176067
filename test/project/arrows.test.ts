import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ROOT } from './sources.ts';

/*
 * If this fails, the walls between the parts are painted on: a driver could reach into a machine, the simulator could
 * borrow the code it is to test, and nobody would be told. Each row plants one violation in a small tree of its own.
 */

const rulesSchema = z.looseObject({ forbidden: z.array(z.looseObject({ name: z.string() })) });
const { forbidden } = rulesSchema.parse(createRequire(import.meta.url)('../../.dependency-cruiser.cjs'));

/** [rule, importing file, what it imports]. */
const PLANTED: readonly (readonly [rule: string, from: string, to: string])[] = [
  ['model', 'src/model/knows-clock.ts', '../clock/clock.ts'],
  ['model', 'src/model/reads-files.ts', 'node:fs'],
  ['machines', 'machines/opens-sockets.ts', 'node:net'],
  ['machines', 'machines/knows-driver.ts', '../devices/index.ts'],
  ['machines', 'machines/tells-time.ts', '../src/clock/clock.ts'],
  ['machines', 'machines/knows-type.ts', 'type ../devices/index.ts'],
  ['one-door-to-xstate', 'src/controller/runs-machines.ts', 'xstate'],
  ['devices', 'devices/knows-machine.ts', '../machines/envelope.ts'],
  ['devices', 'devices/speaks-mqtt.ts', 'mqtt'],
  ['firmware-sim', 'firmware-sim/borrows-driver.ts', '../devices/index.ts'],
  ['firmware-sim', 'firmware-sim/borrows-machine.ts', '../machines/envelope.ts'],
  ['firmware-sim', 'firmware-sim/borrows-transport.ts', '../src/transports/mqtt.ts'],
  ['emulator', 'firmware-sim/gadgets/emulates.ts', 'avr8js'],
  ['clock-and-random', 'src/clock/knows-journal.ts', '../journal/index.ts'],
  ['config', 'src/config/knows-protocols.ts', '../protocols/index.ts'],
  ['config', 'src/config/knows-gate.ts', '../../machines/gate.ts'],
  ['protocols', 'src/protocols/knows-controller.ts', '../controller/index.ts'],
  ['schedule', 'src/schedule/knows-controller.ts', '../controller/index.ts'],
  ['calendar', 'src/calendar/knows-controller.ts', '../controller/index.ts'],
  ['edges', 'src/journal/knows-controller.ts', '../controller/index.ts'],
  ['edges', 'src/transports/knows-config.ts', '../config/index.ts'],
  ['auth', 'src/auth/knows-broker.ts', '../transports/mqtt.ts'],
  ['edges-apart', 'src/journal/logs.ts', '../logging/index.ts'],
  ['controller', 'src/controller/knows-rig.ts', '../../firmware-sim/rig.ts'],
  ['controller', 'src/controller/knows-config.ts', '../config/index.ts'],
  ['controller', 'src/controller/knows-cli.ts', '../cli/index.ts'],
  ['integrations', 'src/integrations/knows-config.ts', '../config/index.ts'],
  ['campaign', 'src/campaign/composes.ts', '../main.ts'],
  ['api', 'src/api/composes.ts', '../config/index.ts'],
  ['api', 'src/api/reaches-devices.ts', '../transports/mqtt.ts'],
  ['why', 'src/why/reads-config.ts', '../config/index.ts'],
  ['docs', 'src/docs/knows-controller.ts', '../controller/index.ts'],
  ['cli', 'src/main.ts', './cli/index.ts'],
  ['composition-root', 'src/config/composes.ts', '../main.ts'],
  ['new-folder', 'src/somewhere/new.ts', '../model/units.ts'],
  ['tests-stay-outside', 'devices/uses-fixture.ts', '../test/helper.ts'],
  ['no-dev-dependency', 'src/cli/tests-itself.ts', 'vitest'],
  ['unresolvable', 'src/cli/lost.ts', './nowhere.ts'],
  ['circular', 'machines/egg.ts', './hen.ts'],
  ['dead', 'src/journal/forgotten.ts', '../model/units.ts'],
];

/** What is allowed, so that a rule that forbids everything is noticed. */
const FINE: readonly (readonly [from: string, to: string])[] = [
  ['machines/session.ts', 'xstate'],
  ['machines/session.ts', '../src/model/units.ts'],
  ['devices/good.ts', 'zod'],
  ['firmware-sim/rig.ts', '../src/clock/clock.ts'],
  ['src/config/good.ts', '../../devices/index.ts'],
  ['src/config/good.ts', '../../machines/envelope.ts'],
  ['src/protocols/good.ts', '../config/index.ts'],
  ['src/journal/good.ts', 'node:fs'],
  ['src/controller/good.ts', '../transports/mqtt.ts'],
  ['src/api/good.ts', '../controller/index.ts'],
  ['src/campaign/good.ts', '../../firmware-sim/rig.ts'],
  ['src/cli/good.ts', '../main.ts'],
  ['test/helper.ts', '../src/cli/index.ts'],
];

const LEAVES = [
  'src/model/units.ts',
  'src/clock/clock.ts',
  'src/main.ts',
  'src/config/index.ts',
  'src/protocols/index.ts',
  'src/controller/index.ts',
  'src/journal/index.ts',
  'src/logging/index.ts',
  'src/transports/mqtt.ts',
  'src/cli/index.ts',
  'machines/envelope.ts',
  'machines/gate.ts',
  'devices/index.ts',
  'firmware-sim/rig.ts',
];

const violationsSchema = z.object({
  output: z.object({
    summary: z.object({
      violations: z.array(
        z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) }),
      ),
    }),
  }),
});

/** `type X`: an import of types only, which counts as well. */
function importOf(to: string): string {
  return to.startsWith('type ') ? `import type {} from '${to.slice(5)}';` : `import '${to}';`;
}

describe('who may import whom', () => {
  const tree = mkdtempSync(join(tmpdir(), 'ebb-arrows-'));
  let found: readonly {
    readonly from: string;
    readonly to: string;
    readonly rule: { readonly name: string };
  }[] = [];

  const lines = new Map<string, string[]>(LEAVES.map((file) => [file, []]));
  for (const [from, to] of [...PLANTED.map(([, from, to]) => [from, to] as const), ...FINE])
    lines.set(from, [...(lines.get(from) ?? []), importOf(to)]);
  lines.set('machines/hen.ts', [importOf('./egg.ts')]);
  // An orphan is a file without any import.
  lines.set('src/model/orphan.ts', []);

  beforeAll(async () => {
    for (const [file, imports] of lines) {
      mkdirSync(dirname(join(tree, file)), { recursive: true });
      writeFileSync(join(tree, file), [...imports, 'export {};', ''].join('\n'));
    }
    for (const name of ['package.json', 'tsconfig.json']) symlinkSync(join(ROOT, name), join(tree, name));
    symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
    const { options } = rulesSchema.parse(createRequire(import.meta.url)('../../.dependency-cruiser.cjs'));
    const result = await cruise(['src', 'machines', 'devices', 'firmware-sim', 'test'], {
      ...z.record(z.string(), z.unknown()).parse(options),
      baseDir: tree,
      validate: true,
      preserveSymlinks: true,
      ruleSet: { forbidden: z.array(z.custom<never>()).parse(forbidden) },
    });
    found = violationsSchema.parse(result).output.summary.violations;
  });

  afterAll(() => {
    rmSync(tree, { recursive: true, force: true });
  });

  it.each(PLANTED)('the rule %s reports %s, which imports %s', (rule, from) => {
    expect(
      found.filter((violation) => violation.rule.name === rule).map((violation) => violation.from),
    ).toContain(from);
  });

  it('a file that nobody knows and that knows nobody is reported', () => {
    expect(found).toContainEqual(
      expect.objectContaining({ from: 'src/model/orphan.ts', rule: { name: 'orphan' } }),
    );
  });

  it('what is allowed is not reported', () => {
    const files = new Set(FINE.map(([from]) => from));
    const wrong = found.filter(({ from, rule }) => files.has(from) && rule.name !== 'dead');
    expect(wrong).toEqual([]);
  });

  it('each rule has a violation planted for it', () => {
    const planted = new Set([...PLANTED.map(([rule]) => rule), 'orphan']);
    expect(forbidden.map(({ name }) => name).filter((name) => !planted.has(name))).toEqual([]);
  });
});
