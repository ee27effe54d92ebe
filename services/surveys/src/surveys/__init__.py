"""Surveys: asks what came of contacts, keeps the ledger of facts, and reports from it.

Owns the outcome questions and the ledger. Reads listing.created/updated/closed, match.*,
contact.*, mail.sent, mail.bounced, organisation.state and member.state. Writes outcome.asked
and outcome.reported, and reads them again after a restore.
"""
