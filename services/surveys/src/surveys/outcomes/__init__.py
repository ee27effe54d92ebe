"""Outcomes: the questions after 7, 30 and 90 days, and what the two sides answer."""
