"""What the services agree on: events, topics, claims and closed vocabularies; imports only Pydantic."""
