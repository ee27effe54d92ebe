"""Enquiries: a broker approves the question, an organisation answers yes, no or never again."""
