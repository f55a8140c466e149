import * as z from 'zod/mini';
import { accept, type MimirRequest, readAs, type SendRequest } from './request.ts';

/** What a Mimir is asked as one of several. Every call throws MimirApiError. */
export interface RingCalls {
  /** The ingesters that this Mimir knows of, itself included. */
  ingesters(): Promise<readonly RingInstance[]>;
  /** Brings all samples that the ingester holds into the store, and returns when that is done; up to 60 s. */
  flush(): Promise<void>;
  /** Has ingester and store-gateway leave the others for good, with all that they hold, when Mimir stops. */
  prepareShutdown(): Promise<void>;
}

/** An instance in a ring. */
export interface RingInstance {
  readonly id: string;
  /** `ACTIVE`, `LEAVING`, `PENDING`, `JOINING`, or `UNHEALTHY` if nothing was heard of it for a minute. */
  readonly state: string;
}

/** A million series take some 40 s; Juju runs no other hook of the unit meanwhile. */
const flushTimeoutMs = 60_000;

/** Binds the calls to a way to Mimir. */
export function ringCalls(send: SendRequest): RingCalls {
  const post = async (path: string, options: Pick<MimirRequest, 'timeoutMs'> = {}) => {
    const request: MimirRequest = { method: 'POST', path, ...options };
    accept(request, await send(request));
  };
  return {
    ingesters: () =>
      readAs(send, '/ingester/ring', { schema: ring(), parse: JSON.parse, accept: 'application/json' }),
    flush: () => post('/ingester/flush?wait=true', { timeoutMs: flushTimeoutMs }),
    prepareShutdown: async () => {
      await post('/ingester/prepare-shutdown');
      await post('/store-gateway/prepare-shutdown');
    },
  };
}

/** Made when it is first needed: most dispatches ask for no ring. */
const ring = () =>
  z.pipe(
    z.object({ shards: z.array(z.object({ id: z.string(), state: z.string() })) }),
    z.transform(({ shards }): readonly RingInstance[] => shards),
  );
