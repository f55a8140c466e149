import { renderYaml } from '../yaml.ts';
import { alertmanager } from './alertmanager.ts';
import { compactor } from './compactor.ts';
import type { MimirDeployment } from './deployment.ts';
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

/** Renders Mimir's configuration file: the same deployment gives the same bytes, and any change needs a restart. */
export function renderConfig(deployment: MimirDeployment): string {
  return renderYaml({
    ...server(deployment),
    ...storage(deployment),
    ...ingester(deployment),
    ...storeGateway(deployment),
    ...compactor(deployment),
    ...querier(),
    ...ruler(deployment),
    ...alertmanager(deployment),
    ...memberlist(),
    ...runtime(deployment),
  });
}

/** Renders the runtime configuration file, which Mimir reads again by itself. */
export function renderRuntimeConfig(values: RuntimeLimits): string {
  return renderYaml(limits(values));
}
