import type { Readiness } from './readiness.ts';

/** Named beside the containers whose readiness makes the pod's: its node is heard of. */
export const nodeIsHeard = 'node';

/** How long the control plane waits for a silent node, in ms (Kubernetes: node-monitor-grace-period). */
export const monitorGrace = 40_000;

/** What the control plane knows of the node of a pod. */
export interface NodeWatch {
  isHeard(): boolean;
  /** The kubelet's word on a container; of a silent node it comes when the node is back. */
  report(container: string, ready: boolean): void;
  /** Nothing comes from the node any more; its pod counts as it did for a while. */
  fellSilent(): void;
  isBack(): void;
  end(): void;
}

/** Watches a node that is heard of; `speed` divides the wait. */
export function createNodeWatch(readiness: Readiness, speed: number): NodeWatch {
  let silence: NodeJS.Timeout | undefined;
  const unheard = new Map<string, boolean>();
  const end = () => {
    clearTimeout(silence);
    silence = undefined;
  };
  readiness.set(nodeIsHeard, true);
  return {
    isHeard: () => silence === undefined,
    report: (container, ready) => {
      if (silence === undefined) readiness.set(container, ready);
      else unheard.set(container, ready);
    },
    fellSilent: () => {
      silence ??= setTimeout(() => {
        readiness.set(nodeIsHeard, false);
      }, monitorGrace / speed);
    },
    isBack: () => {
      end();
      for (const [container, ready] of unheard) readiness.set(container, ready);
      unheard.clear();
      readiness.set(nodeIsHeard, true);
    },
    end,
  };
}
