// If this fails, passwords end up in log files that people paste into bug reports, or a failure leaves no line.
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../src/logging/index.ts';

function logged(env: Record<string, string> = {}) {
  const lines: string[] = [];
  const log = createLogger({ env, stream: { write: (line: string) => lines.push(line) } });
  return { log, lines };
}

describe('the log', () => {
  it('hides secrets wherever they are', () => {
    const { log, lines } = logged();
    log.info(
      { mqtt: { url: 'mqtts://sam:geheim@host:8883/x', password: 'geheim', list: [{ apiToken: 'geheim' }] } },
      'one',
    );
    log.child({ token: 'geheim' }).warn({ secrets: { a: 'geheim' } }, 'see http://u:geheim@h/ and b@c');
    log.error(new Error('cannot reach mqtt://sam:geh@geheim@host'), 'x');
    expect(lines).toHaveLength(3);
    expect(lines.join('')).not.toContain('geheim');
    expect(lines[0]).toContain('mqtts://[hidden]@host:8883/x');
    expect(lines[1]).toContain('b@c');
    for (const line of lines) expect(line.endsWith('}\n')).toBe(true);
  });

  it('takes its level from EBB_LOG_LEVEL, and says which there are', () => {
    const { log, lines } = logged({ EBB_LOG_LEVEL: 'warn' });
    log.info('no');
    log.warn('yes');
    expect(lines).toHaveLength(1);
    expect(() => logged({ EBB_LOG_LEVEL: 'verbose' })).toThrow(/EBB_LOG_LEVEL is "verbose".*debug/);
  });
});
