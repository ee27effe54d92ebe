"""Answers to enquiries: a yes makes an offer draft and, where somebody joined, a contact."""
