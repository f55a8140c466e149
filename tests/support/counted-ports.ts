import type { Ports } from '../../src/charm/ports.ts';

/** Calls of a dispatch, by whom they were made to: what it asked and what it wrote. */
export interface CallCount {
  hookTools: number;
  pebble: number;
  mimir: number;
}

/** The same ports, that count the calls made through them; lines for the log are no calls. */
export function countedPorts(ports: Ports): { readonly ports: Ports; readonly count: CallCount } {
  const count: CallCount = { hookTools: 0, pebble: 0, mimir: 0 };
  const add = (whom: keyof CallCount) => () => {
    count[whom] += 1;
  };
  const mimir: Ports['mimir'] = (tls) => {
    const apis = ports.mimir(tls);
    return {
      unit: counted(apis.unit, add('mimir')),
      peer: (hostname) => counted(apis.peer(hostname), add('mimir')),
      application: counted(apis.application, add('mimir')),
    };
  };
  const hookTools = counted(ports.hookTools, add('hookTools'));
  return { ports: { ...ports, hookTools, pebble: counted(ports.pebble, add('pebble')), mimir }, count };
}

/** The same object, whose functions tell when they are called. */
function counted<T extends object>(target: T, called: () => void): T {
  return new Proxy(target, {
    get: (object, key) => {
      const found: unknown = Reflect.get(object, key);
      if (typeof found !== 'function') return found;
      return (...args: readonly unknown[]): unknown => {
        called();
        return Reflect.apply(found, object, args);
      };
    },
  });
}
