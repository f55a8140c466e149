#!/usr/bin/env python3
"""The least that a charm with the endpoints of mimir-k8s does on an event that asks for nothing."""

import ops

CONTAINER = "mimir"
ENDPOINTS = ("mimir-peers", "receive-remote-write", "grafana-source", "alertmanager")


class OpsMinimalCharm(ops.CharmBase):
    """Reads its option, its leadership and the bags of its relations, asks Pebble, and says so in its status."""

    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        framework.observe(self.on.collect_unit_status, self._collect_status)

    def _collect_status(self, event: ops.CollectStatusEvent):
        container = self.unit.get_container(CONTAINER)
        if not container.can_connect():
            event.add_status(ops.WaitingStatus("waiting for Pebble"))
            return
        services = len(container.get_services())
        bags = sum(self._bags(relation) for name in ENDPOINTS for relation in self.model.relations[name])
        level = self.config["log_level"]
        event.add_status(ops.ActiveStatus(f"{services} services, {bags} bags, log level {level}"))

    def _bags(self, relation: ops.Relation) -> int:
        """Reads the bags of a relation that this unit may read, and counts those that are not empty."""
        owners = [relation.app, *relation.units, self.unit]
        if self.unit.is_leader():
            owners.append(self.app)
        return sum(1 for owner in owners if dict(relation.data[owner]))


if __name__ == "__main__":
    ops.main(OpsMinimalCharm)
