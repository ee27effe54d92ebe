"""What ``doctor`` asks the broker: are the topics there and as declared, is the reader behind?"""

from collections.abc import Iterable

from chassis import provisioning
from chassis.arrears import arrears_of
from chassis.broker_disks import disk_findings, free_ratios
from chassis.finding import Finding
from chassis.provisioning import TopicFile
from chassis.service import Service
from chassis.settings import ServiceSettings
from chassis.topic_drift import drifts, finding_of

ARREARS_SECONDS = 60.0


async def findings(
    service: Service, settings: ServiceSettings, *, arrears_seconds: float = ARREARS_SECONDS
) -> list[Finding]:
    """A reader is behind once its oldest record waits for longer than ``arrears_seconds``."""
    bootstrap = settings.kafka_bootstrap
    try:
        missing = await provisioning.missing_topics(bootstrap, service.topics)
        return [
            *_missing(missing),
            *await _drifts(service, settings),
            *await _arrears(service, bootstrap, but_not=missing, longest=arrears_seconds),
            *disk_findings(settings.disk_free_percent, await free_ratios(bootstrap)),
        ]
    except Exception as error:
        return [silent_broker(bootstrap, error)]


def silent_broker(bootstrap: str, error: Exception) -> Finding:
    return Finding(
        check="broker",
        wrong=f"Kafka at {bootstrap} does not answer: {type(error).__name__}.",
        remedy="Is the broker up? Nothing is lost: what waits is published once it is.",
    )


def _missing(names: Iterable[str]) -> list[Finding]:
    if not names:
        return []
    return [
        Finding(
            check="topics_missing",
            wrong=f"Topics missing: {', '.join(sorted(names))}.",
            remedy="Run: python -m chassis provision TOPICS.json",
        )
    ]


async def _drifts(service: Service, settings: ServiceSettings) -> list[Finding]:
    if service.topic_file is None:
        return []
    own = [
        topic for topic in TopicFile.read(service.topic_file).topics if topic.name in service.topics
    ]
    found = await drifts(
        settings.kafka_bootstrap,
        own,
        replication=settings.topic_replication,
        min_insync=settings.topic_min_insync,
    )
    return [finding_of(each, settings.kafka_bootstrap) for each in found]


async def _arrears(
    service: Service, bootstrap: str, *, but_not: Iterable[str], longest: float
) -> list[Finding]:
    topics = tuple(sorted(set(service.consumers.topics) - set(but_not)))
    found = await arrears_of(bootstrap, service.name, topics) if topics else None
    if found is None or found.oldest_seconds < longest:
        return []
    return [
        Finding(
            check="consumer_lag",
            wrong=(
                f"About {found.records} records are not handled yet,"
                f" the oldest waits for {found.oldest_seconds:.0f} s."
            ),
            remedy=(
                "Is the service running? Its log says consumer_blocked and why;"
                f" whether it is stopped, says: python -m {service.name} parked list"
            ),
        )
    ]
