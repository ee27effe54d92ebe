"""What a service counts, on a registry of its own."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class ConsumerMetrics:
    def __init__(self, registry: CollectorRegistry) -> None:
        self.lag = Gauge("consumer_lag_records", "Records not yet handled", registry=registry)
        self.oldest = Gauge(
            "consumer_oldest_seconds", "Age of the batch in work", registry=registry
        )
        self.parked = Counter("parked", "Records parked", registry=registry)
        self.ignored = Counter("consumer_ignored", "Records of unknown name", registry=registry)
        self.duplicates = Counter("inbox_duplicates", "Records delivered again", registry=registry)
        self.blocked = Gauge(
            "consumer_blocked_seconds", "How long surroundings fail already", registry=registry
        )
        self.handler_seconds = Histogram(
            "handler_seconds", "Time in handlers a batch", ["event"], registry=registry
        )


class RelayMetrics:
    def __init__(self, registry: CollectorRegistry) -> None:
        self.pending = Gauge("outbox_pending", "Rows not yet published", registry=registry)
        self.oldest = Gauge(
            "outbox_oldest_seconds", "Age of the oldest unpublished row", registry=registry
        )
        self.set_aside = Gauge("outbox_set_aside", "Rows that failed alone", registry=registry)
        self.active = Gauge("relay_active", "1 where this process publishes", registry=registry)
        self.published = Counter("outbox_published", "Rows published", registry=registry)


class SweepMetrics:
    def __init__(self, registry: CollectorRegistry) -> None:
        self.failures = Counter(
            "sweep_failures", "Runs of a sweep that raised", ["sweep"], registry=registry
        )
        self.stopped = Gauge(
            "sweeps_stopped", "Sweeps that wait for an operator", registry=registry
        )
