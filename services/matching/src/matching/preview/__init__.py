"""Who would fit? The best counterparts of a draft, before it is posted; nothing of it is kept."""
