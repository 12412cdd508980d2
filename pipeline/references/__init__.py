"""A written reference to its record, field by field."""
