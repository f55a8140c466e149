import type { HookTools, Logger } from '../juju/index.ts';
import type { Trace, TraceReceiver } from '../otlp/trace.ts';
import type { MimirClient } from '../mimir/api.ts';
import type { TlsTarget } from '../mimir/request.ts';
import type { PebbleClient } from '../pebble/index.ts';

/** Time, as the charm needs it. */
export interface Clock {
  /** Milliseconds since this process was started. */
  now(): number;
  /** Date and time, to hold against those of certificates. */
  date(): Date;
  sleep(milliseconds: number): Promise<void>;
}

/** Mimir's API by its ways. */
export interface MimirApis {
  /** This unit's own Mimir, on loopback. */
  readonly unit: MimirClient;
  /** Another unit's Mimir, by its name in the network. */
  peer(hostname: string): MimirClient;
  /** Any unit that is ready, through the application's Service. */
  readonly application: MimirClient;
}

/** Mimir's APIs over TLS, or in clear if undefined: all units of an application speak alike. */
export type MimirPort = (tls: TlsTarget | undefined) => MimirApis;

/** The program that asks Mimir for its readiness from within its container, where Pebble cannot ask by itself. */
export interface Probe {
  /** The program, of this machine's architecture. */
  read(): Promise<Uint8Array>;
}

/** Names of the cluster's DNS, which resolve in Mimir's container as they do here. */
export interface Names {
  /** Full names of those of `names` that have an address; one that no name server answers for in time has none. */
  findFull(names: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** Space of a file system, in bytes; `free` is what a process without privileges may still write. */
export interface DiskSpace {
  readonly size: number;
  readonly free: number;
}

/** File systems of the charm's container. */
export interface Disk {
  /** Space of the one that a path is on; undefined if nothing is there. */
  space(path: string): Promise<DiskSpace | undefined>;
}

/** Traces of what the charm does. */
export interface Traces {
  /** The charm's version, as its own file says it. */
  charmVersion(): Promise<string>;
  /**
   * Sends one, within a second.
   * @throws Error that says why it was not taken.
   */
  send(trace: Trace, receiver: TraceReceiver): Promise<void>;
}

/** All that a dispatch may touch: the only mutable things, handed to observe, apply and the actions. */
export interface Ports {
  readonly hookTools: HookTools;
  readonly pebble: PebbleClient;
  readonly mimir: MimirPort;
  readonly probe: Probe;
  readonly names: Names;
  readonly disk: Disk;
  readonly traces: Traces;
  readonly clock: Clock;
  readonly logger: Logger;
}
