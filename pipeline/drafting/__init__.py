"""From studies and evidence to claims: the extractive drafter, and the model drafter that stands on it."""
