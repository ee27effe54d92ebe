"""The first contact between two organisations: requested, then accepted, declined or lapsed."""
