"""Notifications: tells members by e-mail what concerns them, each thing once.

Owns mails and their state, preferences, suppressed addresses. Reads every event that leads to a
mail, and copies of organisations and members. Writes mail.sent, mail.bounced and
subscription.changed.
"""
