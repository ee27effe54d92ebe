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
        self.stopped = Gauge(
            "consumer_stopped", "1 where the consumer waits for an operator", registry=registry
        )
        self.handler_seconds = Histogram(
            "handler_seconds", "Time in handlers a batch", ["event"], registry=registry
        )


HTTP_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class HttpMetrics:
    """By route template: a path itself can hold names and tokens."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._seconds = Histogram(
            "http_seconds",
            "Time until a request is answered",
            ["method", "route", "status"],
            registry=registry,
        )

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        # A visitor may send any word as the method, and each would be a series for ever.
        known = method if method in HTTP_METHODS else "other"
        self._seconds.labels(known, route, str(status)).observe(seconds)


class RelayMetrics:
    def __init__(self, registry: CollectorRegistry) -> None:
        self.pending = Gauge("outbox_pending", "Rows not yet published", registry=registry)
        self.oldest = Gauge(
            "outbox_oldest_seconds", "Age of the oldest unpublished row", registry=registry
        )
        self.set_aside = Gauge("outbox_set_aside", "Rows that failed alone", registry=registry)
        self.active = Gauge("relay_active", "1 where this process publishes", registry=registry)
        self.published = Counter("outbox_published", "Rows published", registry=registry)

    def forget_outbox(self) -> None:
        """Another process leads and tells how it stands; what this one knew would stay for ever."""
        for gauge in (self.pending, self.oldest, self.set_aside):
            gauge.set(0)


class SweepMetrics:
    def __init__(self, registry: CollectorRegistry) -> None:
        self.failures = Counter(
            "sweep_failures", "Runs of a sweep that raised", ["sweep"], registry=registry
        )
        self.stopped = Gauge(
            "sweeps_stopped", "Sweeps that wait for an operator", registry=registry
        )
