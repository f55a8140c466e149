/** Ports that Mimir listens on, in every unit: the HTTP API and UI, gRPC between units, and memberlist's gossip. */
export const ports = { http: 9009, grpc: 9095, gossip: 7946 } as const;
