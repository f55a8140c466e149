import type { TlsTarget } from '../../http/connections.ts';
import { mimirPaths } from '../paths.ts';
import type { ConfigSection, MimirDeployment } from './deployment.ts';

/** Tells whether a Mimir with this configuration file speaks TLS on its ports. */
export function speaksTls(config: string | undefined): boolean {
  return /^ {2}http_tls_config:$/m.test(config ?? '');
}

/**
 * How clients know a Mimir with this configuration file, and with the authority `ca` in PEM beside it; undefined for one
 * that speaks no TLS.
 */
export function tlsTargetOf(config: string | undefined, ca: string | undefined): TlsTarget | undefined {
  if (!speaksTls(config)) return undefined;
  // That of gossip, which stands so far to the left that no text within a value can be taken for it.
  const serverName = /^ {2}tls_server_name: (\S+)$/m.exec(config ?? '')?.[1] ?? '';
  return { ca: ca ?? '', serverName };
}

/**
 * The certificate that a server shows. Mimir reads the files anew for each connection to its ports for HTTP and gRPC
 * (Prometheus: exporter-toolkit, ConfigToTLSConfig), so that a renewed certificate needs no restart there.
 */
export function serverTls(deployment: MimirDeployment): ConfigSection | undefined {
  if (deployment.tls === undefined) return undefined;
  const { certificate, key } = mimirPaths(deployment).tlsFiles;
  return { cert_file: certificate, key_file: key };
}

/**
 * How one part of Mimir speaks to another over gRPC. The parts dial addresses, which are in no certificate: so each has
 * to be told a name that every unit's certificate is for. The authority is read once, at the start.
 */
export function grpcClient(deployment: MimirDeployment): ConfigSection | undefined {
  if (deployment.tls === undefined) return undefined;
  return {
    tls_enabled: true,
    tls_ca_path: mimirPaths(deployment).tlsFiles.ca,
    tls_server_name: deployment.tls.serverName,
  };
}

/** The sections of those clients that have none elsewhere. */
export function clients(deployment: MimirDeployment): ConfigSection {
  const client = grpcClient(deployment);
  if (client === undefined) return {};
  return {
    ingester_client: { grpc_client_config: client },
    frontend_worker: { grpc_client_config: client, query_scheduler_grpc_client_config: client },
    query_scheduler: { grpc_client_config: client },
  };
}
