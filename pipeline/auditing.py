"""An existing page through the rules, and references and claims in bulk."""
