"""From studies and evidence to claims: the extractive drafter, section by section."""
