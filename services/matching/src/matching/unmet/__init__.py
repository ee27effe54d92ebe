"""Requests without a strong proposal, and the organisations of the directory that a broker asks."""
