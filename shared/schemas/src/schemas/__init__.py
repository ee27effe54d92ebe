"""What the services agree on: events, topics, claims, vocabularies; imports only Pydantic."""
