"""Listings: their life cycle, freshness, moderation, search and what partners may see."""
