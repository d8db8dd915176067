import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programPath } from './programs.ts';

/** A certificate authority of a test's own, as somebody makes one at home. */
export interface Authority {
  /** Its certificate, PEM. */
  readonly ca: string;
  /** A certificate of a server for these names and addresses, such as `DNS:localhost`, `IP:127.0.0.1`. */
  issue(name: string, hosts: readonly string[], days?: number): { cert: string; key: string };
}

/** Writes everything into `folder`. `name` keeps several apart. */
export function makeAuthority(folder: string, name: string): Authority {
  const path = (file: string): string => join(folder, `${name}-${file}`);
  const openssl = (...args: string[]): void => {
    execFileSync(programPath('openssl'), args, { stdio: ['ignore', 'ignore', 'pipe'] });
  };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const [ca, caKey] = [path('ca.pem'), path('ca.key')];
  openssl('req', '-x509', ...newKey, '-keyout', caKey, '-out', ca, '-subj', `/CN=${name}`, '-days', '30');
  const issue = (server: string, hosts: readonly string[], days = 30): { cert: string; key: string } => {
    const [cert, key, request, extensions] = ['pem', 'key', 'csr', 'ext'].map((end) =>
      path(`${server}.${end}`),
    );
    if (cert === undefined || key === undefined || request === undefined || extensions === undefined)
      throw new Error('no files');
    openssl('req', ...newKey, '-keyout', key, '-out', request, '-subj', `/CN=${server}`);
    writeFileSync(extensions, `subjectAltName=${hosts.join(',')}\nextendedKeyUsage=serverAuth\n`);
    const signed = ['-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-days', String(days)];
    openssl('x509', '-req', '-in', request, ...signed, '-out', cert, '-extfile', extensions);
    return { cert, key };
  };
  return { ca, issue };
}
