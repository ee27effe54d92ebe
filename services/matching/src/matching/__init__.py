"""Matching: who fits whom, and why; and whom to ask where nobody fits.

Owns analyses, proposals and their answers, unmet requests, enquiries and saved searches. Reads
listing.created/updated/closed and listing.state, organisation.state and member.state, mail.sent and
mail.bounced. Writes match.proposed, match.answered, match.withdrawn, request.unmet,
request.overflowed, enquiry.approved, enquiry.answered and search.hit.
"""

import os

# Read when its library is loaded. Without it ONNX Runtime tells its maker about every start.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
