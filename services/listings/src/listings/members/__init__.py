"""Members: people with an e-mail address, their roles, their sign-in."""
