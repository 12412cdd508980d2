"""What the rules get right and wrong, measured against labelled records."""
