"""Matching: who fits whom, and why.

Owns analyses, proposals and their answers. Reads listing.created/updated/closed and listing.state,
organisation.state and member.state. Writes match.proposed, match.answered and match.withdrawn.
"""
