import type { ClusterEvent, PodSpec } from './cluster.ts';

/** Whether a pod is ready: only if all its containers are (Kubernetes: ContainersReady). */
export interface Readiness {
  set(container: string, ready: boolean): void;
  isReady(): boolean;
  /** From now on the pod is not ready, whatever its containers say: it is being deleted. */
  end(): void;
}

/** A pod that is not ready yet; changes are told as events. */
export function createReadiness(
  spec: PodSpec,
  containers: readonly string[],
  emit: (event: ClusterEvent) => void,
): Readiness {
  let ended = false;
  let told = false;
  const ready = new Set<string>();
  const isReady = () => !ended && containers.every((name) => ready.has(name));
  const tell = () => {
    if (isReady() === told) return;
    told = isReady();
    emit({ kind: 'readiness', pod: spec.name, ready: told });
  };
  return {
    set: (container, isContainerReady) => {
      if (isContainerReady) ready.add(container);
      else ready.delete(container);
      tell();
    },
    isReady,
    end: () => {
      ended = true;
      tell();
    },
  };
}
