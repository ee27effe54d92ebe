"""Answers as labels: how often proposals fitted, and the threshold that answers suggest."""
