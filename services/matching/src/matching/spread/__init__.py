"""Decided pairs wait here until there is room for them; nothing is lost, nothing twice."""
