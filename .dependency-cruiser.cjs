/**
 * Who may import whom (docs/architecture.md). `npm run check:arrows` checks it; test/project/arrows.test.ts plants a
 * violation of each rule and looks that it is reported. A feature that needs an arrow the other way needs a better
 * place. Type imports count: a part that knows the type knows the part.
 */

const OURS = '^(src|machines|devices|firmware-sim|test|bench)/';
const SHIPPED = '^(src|machines|devices|firmware-sim)/';
const ZOD = '^node_modules/zod/';

/** Pure parts: nothing else at all, neither our own, nor packages, nor Node's modules. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { pathNot: [from, ...allowed] },
});

/** Parts at the edge: of our own only these; packages and Node's modules as they need them. */
const ofOurs = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: OURS, pathNot: [from, ...allowed] },
});

/** What is started, not imported: the program, its threads and children, the generators, the benchmarks. */
const ENTRIES = ['^src/main\\.ts$', '^src/cli/index\\.ts$', '(^|/)(worker|child|generate)\\.ts$', '^bench/'];
const TYPES = '\\.d\\.ts$';

/** Every folder of src has a rule below. */
const FOLDERS =
  'model|auth|calendar|clock|random|config|protocols|schedule|controller|integrations|transports|journal|logging|docs|api|campaign|why|cli';

module.exports = {
  forbidden: [
    only('model', '^src/model/', [ZOD], 'The shared words know nobody; zod describes them.'),
    only(
      'machines',
      '^machines/',
      ['^src/model/', '^node_modules/xstate/'],
      'Machines, interlock and watch are pure: the model and xstate, no I/O, no clock.',
    ),
    {
      name: 'one-door-to-xstate',
      comment: 'Only machines know XState, and what they do is asked of machines/engine.ts.',
      severity: 'error',
      from: { pathNot: ['^machines/', '^test/'] },
      to: { path: '^node_modules/xstate/' },
    },
    only('devices', '^devices/', ['^src/model/', ZOD], 'Drivers are pure: bytes in, readings out.'),
    only(
      'firmware-sim',
      '^firmware-sim/',
      ['^src/(model|clock|random)/', ZOD, '^node_modules/avr8js/'],
      'The simulated hardware shares no code with what it tests: never the drivers, never the machines.',
    ),
    {
      name: 'emulator',
      comment:
        'The emulated chip has its faults cured in firmware-sim/boards/avr; nobody else runs it uncured.',
      severity: 'error',
      from: { pathNot: ['^firmware-sim/boards/avr/', '^test/firmware-sim/boards/cures\\.test\\.ts$'] },
      to: { path: '^node_modules/avr8js/' },
    },
    only('clock-and-random', '^src/(clock|random)/', ['^src/model/'], 'Time and chance know the model only.'),
    ofOurs(
      'config',
      '^src/config/',
      ['^src/model/', '^machines/envelope\\.ts$', '^devices/index\\.ts$'],
      'Config knows the model, the limits, and the list of drivers for its option schemas.',
    ),
    ofOurs(
      'protocols',
      '^src/protocols/',
      ['^src/(model|config)/', '^machines/envelope\\.ts$', '^devices/index\\.ts$'],
      'Protocol files are read with the means of the config.',
    ),
    only(
      'schedule',
      '^src/schedule/',
      ['^src/(model|clock|random)/'],
      'When something is due is worked out from a rule and a moment; what becomes of it is for the controller.',
    ),
    ofOurs(
      'calendar',
      '^src/calendar/',
      ['^src/(model|clock|schedule)/'],
      'Calendars say when somebody is busy; what comes of it is for the controller.',
    ),
    ofOurs(
      'edges',
      '^src/(transports|journal|logging)/',
      ['^src/(model|clock|random)/'],
      'Sockets, the journal and the log serve the controller and do not know it.',
    ),
    ofOurs(
      'auth',
      '^src/auth/',
      ['^src/(model|clock|random)/'],
      'Passwords serve the page and the broker and know neither.',
    ),
    {
      name: 'edges-apart',
      comment: 'Transports, journal and logging do not know each other.',
      severity: 'error',
      from: { path: '^src/(transports|journal|logging)/' },
      to: { path: '^src/(transports|journal|logging)/', pathNot: '^src/$1/' },
    },
    ofOurs(
      'controller',
      '^src/controller/',
      ['^src/(model|clock|transports|journal|schedule)/', '^machines/', '^devices/'],
      'The controller never knows who talks to it, where its settings come from, or whether the hardware is real.',
    ),
    ofOurs(
      'integrations',
      '^src/integrations/',
      ['^src/(model|clock|random|controller)/'],
      'Views for other programs see the controller as anybody beside it does: commands in, states out.',
    ),
    ofOurs(
      'campaign',
      '^src/campaign/',
      ['^src/(model|clock|random|controller|journal|transports)/', '^firmware-sim/'],
      'A campaign runs controllers against simulated hardware; what puts them together is handed to it.',
    ),
    ofOurs(
      'api',
      '^src/api/',
      ['^src/(model|clock|controller|journal|protocols|auth|logging)/'],
      'HTTP shows a controller and hands commands to it; nothing of the controller knows.',
    ),
    ofOurs(
      'why',
      '^src/why/',
      ['^src/(model|schedule|journal|controller)/'],
      'Why something happened is a projection of the journal, in the words that the controller has for its reasons.',
    ),
    ofOurs(
      'docs',
      '^src/docs/',
      ['^src/model/', '^machines/'],
      'What is written about the machines is read off them.',
    ),
    {
      name: 'cli',
      comment: 'Nobody imports the command line; bin/ebb.js starts it, and its tests and benchmarks may.',
      severity: 'error',
      from: { pathNot: ['^src/cli/', '^bin/', '^test/', '^bench/'] },
      to: { path: '^src/cli/' },
    },
    {
      name: 'composition-root',
      comment:
        'main.ts, people.ts, home-broker.ts and simulated-desk.ts put everything together; only the command line (tests, benchmarks) starts from them.',
      severity: 'error',
      from: {
        pathNot: ['^src/(main|people|home-broker|simulated-desk)\\.ts$', '^src/cli/', '^test/', '^bench/'],
      },
      to: { path: '^src/(main|people|home-broker|simulated-desk)\\.ts$' },
    },
    {
      name: 'new-folder',
      comment: 'A new part of src needs its arrows here and in docs/architecture.md.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: `^src/(${FOLDERS})/` },
      to: {},
    },
    {
      name: 'tests-stay-outside',
      comment: 'What ships does not import tests or benchmarks.',
      severity: 'error',
      from: { path: SHIPPED },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'no-dev-dependency',
      comment: 'What ships uses `dependencies` only.',
      severity: 'error',
      from: { path: SHIPPED },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'unresolvable',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    { name: 'circular', comment: 'No circles.', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'orphan',
      comment: 'A file that nobody imports and that imports nobody is dead.',
      severity: 'error',
      from: { orphan: true, pathNot: [...ENTRIES, '^test/', TYPES] },
      to: {},
    },
    {
      name: 'dead',
      comment: 'A file that only tests reach is dead: nothing that ships uses it.',
      severity: 'error',
      from: { path: ENTRIES },
      to: { path: SHIPPED, pathNot: [...ENTRIES, TYPES], reachable: false },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
