import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';

/** What a server shows to one who trusts `ca` alone, in PEM, and knows it by `servername`. */
export interface ShownTo {
  readonly ca: string;
  readonly servername: string;
}

/** Fingerprint of the certificate that a port of this machine shows; fails if it shows none, or not a good one. */
export function fingerprintOn(port: number, { ca, servername }: ShownTo): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ca, servername, ALPNProtocols: ['h2', 'http/1.1'] });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      const { fingerprint256 } = socket.getPeerCertificate();
      socket.destroy();
      resolve(fingerprint256);
    });
  });
}

/** Ports that are listened on in the network of a process. Linux: proc_pid_net(5), state 0A is LISTEN. */
export function listeningPorts(pid: number): readonly number[] {
  const lines = ['tcp', 'tcp6'].flatMap((file) =>
    readFileSync(`/proc/${pid}/net/${file}`, 'utf8').trim().split('\n').slice(1),
  );
  const ports = lines.flatMap((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/);
    return state === '0A' && !local.startsWith('0100007F') ? [parseInt(local.split(':')[1] ?? '', 16)] : [];
  });
  return [...new Set(ports)].sort((a, b) => a - b);
}
