"""Listings: the directory, members and sign-in, listings and their life cycle, contacts, feeds.

Owns organisations, members, listings, contacts and what is public of them; signs sessions.
Writes `listing.*`, `contact.*`, `signin.requested`, `registration.decided`, `address.changed`, the
state of organisations, members and listings, and `public.listing.*`. Reads `match.answered`,
`enquiry.answered`, `request.overflowed` and `mail.bounced`.
"""
