"""The exchange without Docker: PostgreSQL, Kafka and a mail catcher from packages, and the demo."""
