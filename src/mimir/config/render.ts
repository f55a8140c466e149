import { renderFile } from './file.ts';
import { alertmanager } from './alertmanager.ts';
import { frontend } from './caches.ts';
import { compactor } from './compactor.ts';
import type { MimirDeployment } from './deployment.ts';
import { distributor } from './distributor.ts';
import { ingester } from './ingester.ts';
import { limits } from './limits.ts';
import type { RuntimeLimits } from './limits.ts';
import { memberlist } from './memberlist.ts';
import { querier } from './querier.ts';
import { ruler } from './ruler.ts';
import { runtime } from './runtime.ts';
import { server } from './server.ts';
import { storage } from './storage.ts';
import { storeGateway } from './store-gateway.ts';
import { clients } from './tls.ts';

/**
 * Renders Mimir's configuration file: the same deployment gives the same bytes, and any change needs a restart.
 *
 * @param held - the file as it is now; returned if it is of this deployment.
 */
export function renderConfig(deployment: MimirDeployment, held?: string): string {
  const sections = {
    ...server(deployment),
    ...storage(deployment),
    ...distributor(deployment),
    ...ingester(deployment),
    ...storeGateway(deployment),
    ...compactor(deployment),
    ...querier(deployment),
    ...clients(deployment),
    ...frontend(deployment),
    ...ruler(deployment),
    ...alertmanager(deployment),
    ...memberlist(deployment),
    ...runtime(deployment),
  };
  return renderFile(sections, held);
}

/** Renders the runtime configuration file, which Mimir reads again by itself; `held` is the file as it is now. */
export function renderRuntimeConfig(values: RuntimeLimits, held?: string): string {
  return renderFile(limits(values), held);
}
