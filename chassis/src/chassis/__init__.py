"""A microservice chassis: stores, carries, signs and retries opaque values; knows no domain."""
