"""Saved searches: what a member wants to hear of, and the new listings that fit."""
