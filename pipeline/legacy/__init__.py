"""An existing page to its sections, claims, markers and references."""
