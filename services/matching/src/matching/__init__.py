"""Matching: who fits whom, and why; and whom to ask where nobody fits.

Owns analyses, proposals and their answers, unmet requests, enquiries and saved searches. Reads
listing.created/updated/closed and listing.state, organisation.state and member.state. Writes
match.proposed, match.answered, match.withdrawn, request.unmet, enquiry.approved, enquiry.answered
and search.hit.
"""
