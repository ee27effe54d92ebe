"""Matching of the Kooperationsbörse: who fits whom, and why."""
